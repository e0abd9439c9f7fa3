import { join } from "node:path";
import { systemClock, type Clock } from "../shared/clock.ts";
import type { Logger } from "../shared/log.ts";
import type { ControllerMetrics } from "../shared/runtime/metrics.ts";
import type { AnswerDeps } from "./answers/answer-deps.ts";
import { createJudges } from "./answers/live-health.ts";
import { createTrialRenderers } from "./answers/trial-renderers.ts";
import type { AgentConfig } from "./config.ts";
import { createRender } from "./create-render.ts";
import type { HttpConnection } from "./http-connection.ts";
import { createDiscovery, type Discovery } from "./kube/discovery.ts";
import { createKubeClient, type KubeClient } from "./kube/kube-client.ts";
import type { KubeConnection } from "./kube/kube-connection.ts";
import type { BlobCache } from "./link/blob-cache.ts";
import type { StatusReporter } from "./link/report-status.ts";
import { createClaims } from "./reconcile/claims.ts";
import { createDesiredState, type DesiredState } from "./reconcile/desired-state.ts";
import { createHealthRules, type HealthRuleStore } from "./reconcile/health-rules.ts";
import { createInventoryStore, type InventoryStore } from "./reconcile/inventory-store.ts";
import { createLiveIndex } from "./reconcile/live-index.ts";
import { createReconciler, type Reconciler } from "./reconcile/reconciler.ts";
import { createDeploymentRenderer } from "./reconcile/render-deployment.ts";
import { createRenderMemoryStore } from "./reconcile/render-memory.ts";
import { createRunClock } from "./reconcile/run-clock.ts";
import type { StepObserver } from "./reconcile/step-observer.ts";
import { createValuesInputs } from "./reconcile/values-inputs.ts";
import { createVerifiedStore } from "./reconcile/verified-store.ts";
import { createKindWatches, type KindWatches } from "./reconcile/watch-kinds.ts";

/** What the cluster side is made from. */
export interface ClusterDeps {
  readonly config: AgentConfig;
  readonly connection: KubeConnection;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly http: HttpConnection;
  readonly watchHttp: HttpConnection;
  readonly blobs: BlobCache;
  readonly reporter: StatusReporter;
  readonly metrics: ControllerMetrics;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly onStep: StepObserver;
  readonly signal: AbortSignal;
}

/** The side of the agent that looks at its cluster. */
export interface ClusterSide {
  readonly client: KubeClient;
  readonly discovery: Discovery;
  readonly inventories: InventoryStore;
  readonly desired: DesiredState;
  readonly reconciler: Reconciler;
  readonly watches: KindWatches;
  readonly healthRules: HealthRuleStore;
  /** What questions of the hub are answered from. */
  readonly answers: AnswerDeps;
}

/** Compressed size at which an inventory is split into several Secrets. */
const maxPartBytes = 500 * 1000;

/** Rendered objects kept in memory between looks. */
const maxKeptObjects = 300;

/** Changes of objects are gathered this long before a deployment is looked at. */
const coalesceMs = 50;

/** Joins client, inventories, watches and reconciler; everything is added to the stack. */
export function composeCluster(deps: ClusterDeps, stack: AsyncDisposableStack): ClusterSide {
  const { config, connection, log, reporter } = deps;
  const clock = createRunClock(deps.clock ?? systemClock);
  const client = createKubeClient({ connection, http: deps.http, signal: deps.signal });
  const discovery = createDiscovery(client);
  const desired = createDesiredState();
  const inventories = createInventoryStore({ client, namespace: config.namespace, maxPartBytes });
  const index = createLiveIndex(() => clock.elapsed());
  const watches = stack.use(
    createKindWatches({
      client,
      connection,
      http: deps.watchHttp,
      log,
      index,
      isHeld: (key) => inventories.holders(key).length > 0,
      heldKeys: (group, kind) => inventories.keysOf(group, kind),
      onTouch: (key, touch) => reconciler.touch(key, touch),
    }),
  );
  const place = { client, namespace: config.namespace };
  const healthRules = createHealthRules({ ...place, clock, log });
  const memories = createRenderMemoryStore({ ...place, onStep: deps.onStep });
  const inputs = stack.use(
    createValuesInputs({
      client,
      connection,
      http: deps.watchHttp,
      log,
      clock,
      onChange: (bundle) => reconciler.look([bundle]),
    }),
  );
  const bounds = { timeoutMs: config.renderTimeoutMs, cpuMs: config.renderCpuMs, maxHeapMb: config.renderHeapMb };
  const kustomize = {
    dir: join(config.dataDir, "kustomize"),
    path: deps.env["PATH"] ?? "",
    where: "on the agent's machine or in its image, or name it with --kustomize-binary",
    ...(config.kustomizeBinary === undefined ? {} : { binary: config.kustomizeBinary }),
  };
  const rendering = {
    blob: (digest: string) => deps.blobs.text(digest),
    place,
    facts: () => desired.facts(),
    factsDigest: () => desired.factsDigest(),
    kubeVersion: () => discovery.kubeVersion(),
    scopeOf: (apiVersion: string, kind: string) => scopeOf(discovery, apiVersion, kind),
  };
  const render = createDeploymentRenderer({
    ...rendering,
    render: createRender({ discovery, bounds, memories, kustomize }),
    inputs,
    maxKeptObjects,
  });
  const limits = {
    share: config.removeSharePercent / 100,
    shareAbove: config.removeShareAbove,
    count: config.removeCount,
  };
  const { namespace } = config;
  const { onStep } = deps;
  const claims = createClaims();
  const pass = {
    client,
    discovery,
    inventories,
    desired,
    claims,
    index,
    watches,
    render,
    limits,
    verified: createVerifiedStore(place),
    healthRules,
    showLogs: config.showLogs,
    namespace,
    clock,
    log,
    onStep,
  };
  const reconciler: Reconciler = stack.use(
    createReconciler({
      pass,
      concurrency: config.concurrency,
      coalesceMs,
      metrics: deps.metrics,
      onStatus: (status) => reporter.reportStatus(status),
      onGone: (bundle) => {
        reporter.reportGone(bundle);
        inputs.forget(bundle);
        memories.drop(bundle).catch((error: unknown) => log.warn({ err: error, bundle }, "kept passwords not removed"));
      },
    }),
  );
  const answers = {
    client,
    discovery,
    inventories,
    desired,
    claims,
    judgeOf: createJudges({ desired, blob: rendering.blob, healthRules }),
    renderers: createTrialRenderers({ ...rendering, discovery, bounds, memories, kustomize }, config.answerPlanSecrets),
    scopeOf: rendering.scopeOf,
    limits,
    namespace,
    anyObject: config.answerAnyObject,
  };
  return { client, discovery, inventories, desired, reconciler, watches, healthRules, answers };
}

function scopeOf(discovery: Discovery, apiVersion: string, kind: string): "Namespaced" | "Cluster" | undefined {
  const resource = discovery.known(apiVersion, kind);
  if (resource === undefined) return undefined;
  return resource.namespaced ? "Namespaced" : "Cluster";
}
