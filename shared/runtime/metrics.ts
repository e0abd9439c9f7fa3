import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** What one controller measures about its runs. */
export interface ControllerMetrics {
  /** Counts a run that ended and how long it took. */
  observeRun(result: "ok" | "error", durationMs: number): void;
  observeRetry(): void;
  setDepth(depth: number): void;
}

/** A program's metrics: one registry, made in `compose.ts`. */
export interface Metrics {
  readonly registry: Registry;
  /** Metrics of one controller or work queue; names come from a closed set. */
  controller(name: string): ControllerMetrics;
  /** Everything in Prometheus' text format. */
  text(): Promise<string>;
}

const durationBuckets = [0.001, 0.005, 0.02, 0.1, 0.5, 1, 5, 30];

/** Returns a registry with the process' own metrics and the shared controller metrics. */
export function createMetrics(options: { readonly processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const runs = new Counter({
    name: "gitops_controller_runs_total",
    help: "Runs of a controller by result.",
    labelNames: ["controller", "result"],
    registers,
  });
  const duration = new Histogram({
    name: "gitops_controller_duration_seconds",
    help: "How long one run of a controller takes.",
    labelNames: ["controller"],
    buckets: durationBuckets,
    registers,
  });
  const depth = new Gauge({
    name: "gitops_controller_queue_depth",
    help: "Keys waiting for a controller.",
    labelNames: ["controller"],
    registers,
  });
  const retries = new Counter({
    name: "gitops_controller_retries_total",
    help: "Runs that are repeated because of an error.",
    labelNames: ["controller"],
    registers,
  });
  return {
    registry,
    controller: (controller) => ({
      observeRun: (result, durationMs) => {
        runs.inc({ controller, result });
        duration.observe({ controller }, durationMs / 1000);
      },
      observeRetry: () => retries.inc({ controller }),
      setDepth: (value) => depth.set({ controller }, value),
    }),
    text: () => registry.metrics(),
  };
}
