import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** How a check-in ended: `document`: news for the agent; `questions`: somebody asks it something; `unchanged`: none; `left`: the agent hung up; `refused`: 4xx; `failed`: 5xx. */
export type CheckInResult = "document" | "failed" | "left" | "questions" | "refused" | "unchanged";

/** What became of a question to an agent. */
export type QuestionResult = "answered" | "offline" | "refused" | "silent" | "too-many";

/** What the hub looks up when somebody asks for its metrics. */
export interface HubFigures {
  /** Check-ins that are held open now: connected agents. */
  waiting(): number;
  clusters(): number;
  bundles(): number;
  /** Deployments (bundle × cluster) by state. */
  deployments(): ReadonlyMap<string, number>;
}

/** What the hub counts. */
export interface HubMetrics {
  checkIn(result: CheckInResult): void;
  /** How long it took to make one check-in's statuses durable. */
  observeReport(durationMs: number): void;
  /** A commit brought into force. */
  observeCommit(durationMs: number): void;
  registered(): void;
  question(result: QuestionResult): void;
  webhook(result: "refused" | "taken"): void;
}

const durableBuckets = [0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1];
const commitBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** Adds the hub's metrics to a registry; labels come from closed sets. */
export function createHubMetrics(registry: Registry, figures: HubFigures): HubMetrics {
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): void => {
    const created: Gauge = new Gauge({ name, help, registers, collect: () => created.set(value()) });
  };
  gauge("gitops_agents_connected", "Check-ins that are held open: agents that are connected.", figures.waiting);
  gauge("gitops_clusters", "Registered clusters.", figures.clusters);
  gauge("gitops_bundles", "Bundles in all workspaces.", figures.bundles);
  const deployments: Gauge<"state"> = new Gauge({
    name: "gitops_deployments",
    help: "Deployments (bundle × cluster) by state.",
    labelNames: ["state"],
    registers,
    collect: () => {
      deployments.reset();
      for (const [state, count] of figures.deployments()) deployments.set({ state }, count);
    },
  });
  const checkIns = new Counter({
    name: "gitops_checkins_total",
    help: "Check-ins of agents by how they ended.",
    labelNames: ["result"],
    registers,
  });
  const reports = new Histogram({
    name: "gitops_checkin_durable_duration_seconds",
    help: "How long it takes to make the statuses of a check-in durable.",
    buckets: durableBuckets,
    registers,
  });
  const commits = new Histogram({
    name: "gitops_commit_deploy_duration_seconds",
    help: "How long it takes from a noticed commit to its bundles being in force at the hub.",
    buckets: commitBuckets,
    registers,
  });
  const registrations = new Counter({ name: "gitops_registrations_total", help: "Agents registered.", registers });
  const questions = new Counter({
    name: "gitops_questions_total",
    help: "Questions to agents by what became of them.",
    labelNames: ["result"],
    registers,
  });
  const webhooks = new Counter({
    name: "gitops_webhooks_total",
    help: "Webhook calls by whether they were taken.",
    labelNames: ["result"],
    registers,
  });
  return {
    checkIn: (result) => checkIns.inc({ result }),
    observeReport: (durationMs) => reports.observe(durationMs / 1000),
    observeCommit: (durationMs) => commits.observe(durationMs / 1000),
    registered: () => registrations.inc(),
    question: (result) => questions.inc({ result }),
    webhook: (result) => webhooks.inc({ result }),
  };
}
