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

/** Which metrics there are besides those of controllers. */
export interface MetricsOptions {
  /** The process' own. Default: true. */
  readonly processMetrics?: boolean;
  /** How late the event loop is all the time, among them: a timer that wakes the process a hundred times in a second. Default: true. */
  readonly loopDelays?: boolean;
}

/** Returns a registry with the process' own metrics and the shared controller metrics. */
export function createMetrics({ processMetrics = true, loopDelays = true }: MetricsOptions = {}): Metrics {
  const registry = new Registry();
  if (processMetrics && loopDelays) collectDefaultMetrics({ register: registry });
  else if (processMetrics) collectWithoutTimer(registry);
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

const dayMs = 86_400_000;

/** The lag of a moment, `nodejs_eventloop_lag_seconds`, stays: it is measured when it is asked for. */
function collectWithoutTimer(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: dayMs });
  for (const { name } of registry.getMetricsAsArray()) {
    if (/^nodejs_eventloop_lag_[a-z0-9]+_seconds$/u.test(name)) registry.removeSingleMetric(name);
  }
}
