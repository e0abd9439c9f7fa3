import type { KubeObject } from "../../shared/api/meta.ts";
import type { RemovalLimits } from "../../shared/drift/plan-removals.ts";
import type { Logger } from "../../shared/log.ts";
import type { Hook } from "../../shared/render/hooks/hook.ts";
import type { DesiredDeployment } from "../../shared/protocol/desired-document.ts";
import type { Discovery } from "../kube/discovery.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { Claims } from "./claims.ts";
import type { DeploymentRecord } from "./deployment-record.ts";
import type { DesiredState } from "./desired-state.ts";
import type { HealthRuleStore } from "./health-rules.ts";
import type { InventoryStore } from "./inventory-store.ts";
import type { LiveIndex } from "./live-index.ts";
import type { RenderDeployment, RenderedDeployment } from "./render-deployment.ts";
import type { FailedAttempt } from "./inventory.ts";
import type { RunClock } from "./run-clock.ts";
import type { StepObserver } from "./step-observer.ts";
import type { VerifiedStore } from "./verified-store.ts";
import type { KindWatches } from "./watch-kinds.ts";

/** What every pass over a deployment works with. */
export interface PassDeps {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly inventories: InventoryStore;
  readonly desired: DesiredState;
  readonly claims: Claims;
  readonly index: LiveIndex;
  readonly watches: KindWatches;
  readonly render: RenderDeployment;
  readonly limits: RemovalLimits;
  /** What `helm.atomic` goes back to. */
  readonly verified: VerifiedStore;
  readonly healthRules: HealthRuleStore;
  /** Whether the last line that a crashing container logged may be told in status. */
  readonly showLogs: boolean;
  /** The agent's own namespace. */
  readonly namespace: string;
  readonly clock: RunClock;
  readonly log: Logger;
  readonly onStep: StepObserver;
  /** Looks at another deployment now: it waits for something that has happened. */
  readonly wake: (bundle: string) => void;
}

/** One pass over one deployment that the document names. */
export interface Pass {
  readonly deps: PassDeps;
  /** The API server under the identity that the deployment is applied with. */
  readonly client: KubeClient;
  readonly wanted: DesiredDeployment;
  readonly record: DeploymentRecord;
  readonly rendered: RenderedDeployment;
  /** The rendered objects, ready to apply. */
  readonly objects: readonly KubeObject[];
  /** The rendered hooks, ready to apply. */
  readonly hooks: readonly Hook[];
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Why this is not what the document names: that failed, and this is what is gone back to. */
  readonly failed?: FailedAttempt | undefined;
}
