import { setTimeout as delay } from "node:timers/promises";
import { join } from "node:path";
import { backoffMs } from "../shared/backoff.ts";
import type { Clock } from "../shared/clock.ts";
import { AppError, toAppError } from "../shared/errors.ts";
import type { Logger } from "../shared/log.ts";
import { type ControllerMetrics, createMetrics } from "../shared/runtime/metrics.ts";
import { allowsQuestion, createQuestionAnswerer } from "./answers/answer-questions.ts";
import { collectWhenQuiet } from "./collect-when-quiet.ts";
import { composeCluster, type ClusterSide } from "./compose-cluster.ts";
import type { AgentConfig } from "./config.ts";
import { fenceRequests } from "./fence-requests.ts";
import { judgeLooks } from "./judge-looks.ts";
import { limitLines, type LineLimit } from "./limit-lines.ts";
import { openElection } from "./open-election.ts";
import { createKubeHttp } from "./kube/kube-client.ts";
import type { KubeConnection } from "./kube/kube-connection.ts";
import { createBlobCache } from "./link/blob-cache.ts";
import { createHubLink, type HubLink } from "./link/check-in.ts";
import { createDocumentIntake } from "./link/document-intake.ts";
import { createHubClient } from "./link/hub-client.ts";
import { createHubConnection, type HubTrust } from "./link/hub-connection.ts";
import { ensureOwnNamespace, readIdentity, saveIdentity, type Identity } from "./link/identity.ts";
import { register, registerUntilDone, type RegisterWish } from "./link/register.ts";
import { createStatusReporter } from "./link/report-status.ts";
import { noSteps, type StepObserver } from "./reconcile/step-observer.ts";
import { serveHealth } from "./serve-health.ts";
import { watchApprovals } from "./reconcile/watch-approvals.ts";
import { readHealthRules, watchHealthRules } from "./reconcile/watch-health-rules.ts";

/** What an agent is made from besides its settings. */
export interface AgentDeps {
  readonly config: AgentConfig;
  readonly connection: KubeConnection;
  readonly hubTrust?: HubTrust;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly log: Logger;
  readonly onStep?: StepObserver;
  readonly clock?: Clock;
  /** Gives back memory that work has left behind. */
  readonly collectGarbage?: () => void;
}

/** A composed agent. */
export interface Agent extends AsyncDisposable {
  /** Runs until the agent is disposed, or another agent of the cluster leads. */
  start(): Promise<void>;
}

/** A collection takes 40 ms of CPU and more: not in the pauses of work that goes on. */
const quiet = { quietMs: 10_000, leastMs: 30_000 };

/** Joins all parts; nothing is sent before `start`. */
export function compose(deps: AgentDeps): Agent {
  const { config, log, version } = deps;
  const onStep = deps.onStep ?? noSteps;
  const stack = new AsyncDisposableStack();
  const abort = new AbortController();
  const { signal } = abort;
  const metrics = createMetrics({ loopDelays: false });
  const deploymentMetrics = metrics.controller("deployment");
  const mayLog = limitLines();
  let identity: Identity | undefined;
  let kubeVersion: string | undefined;
  let problem: string | undefined = "starting";

  // First, and so the last to end: the Lease is given back when nothing is sent any more.
  const election = config.leaderElect
    ? openElection({ ...deps, signal, onAnswer: (trouble) => (problem = trouble), onLost: () => abort.abort() }, stack)
    : undefined;
  const plainHttp = stack.use(createKubeHttp(deps.connection, config.maxKubeRequests));
  const http = election === undefined ? plainHttp : fenceRequests(plainHttp, election.holds);
  const watchHttp = stack.use(createKubeHttp(deps.connection, Infinity));
  const hubHttp = stack.use(createHubConnection(config.hub, deps.hubTrust ?? {}, deps.env));
  const hub = createHubClient({ http: hubHttp, credential: () => identity?.credential ?? "", signal });
  const blobs = stack.use(
    createBlobCache({
      dir: join(config.dataDir, "blobs"),
      maxBytes: config.cacheMb * 1024 * 1024,
      maxBlobBytes: 64 * 1024 * 1024,
      maxRecentLength: 512 * 1024,
      fetchBlob: (digest) => hub.blob(digest),
      log,
    }),
  );
  const garbage = stack.use(collectWhenQuiet({ collect: deps.collectGarbage, ...quiet }));
  const observeRun: ControllerMetrics["observeRun"] = (result, durationMs) => {
    garbage.noteWork();
    deploymentMetrics.observeRun(result, durationMs);
  };
  const reporter = stack.use(createStatusReporter({ send: (report) => sendReport(report), log, coalesceMs: 20 }));
  const cluster = composeCluster(
    { ...deps, http, watchHttp, blobs, reporter, metrics: { ...deploymentMetrics, observeRun }, onStep, signal },
    stack,
  );
  const { inventories, desired, reconciler } = cluster;
  const intake = createDocumentIntake({
    path: join(config.dataDir, "document.json"),
    desired,
    log,
    identity: () => identity,
    revision: (epoch) => inventories.highestRevision(epoch),
    onStep,
    onNewBlobs: (digests) => blobs.fetchAhead(digests),
    onChange: (bundles) => {
      reconciler.look(
        new Set([...bundles, ...inventories.bundles().filter((name) => desired.deployment(name) === undefined)]),
      );
      void blobs.trim(desired.digests());
    },
  });
  const answerer = stack.use(
    createQuestionAnswerer({
      allows: (kind) => allowsQuestion(config, kind),
      answer: async (question, questionSignal) => {
        // Read on first use: most agents are never asked.
        const { answerQuestion } = await import("./answers/answer-question.ts");
        return answerQuestion(cluster.answers, question, questionSignal);
      },
      send: async (reply) => {
        garbage.noteWork();
        return hub.answer(reply);
      },
      log: log.child({ part: "answers" }),
      signal,
    }),
  );
  const link = createHubLink({
    hub,
    signal,
    log,
    version,
    kubeVersion: () => kubeVersion,
    tag: () => desired.document()?.tag,
    follows: () => intake.follows(),
    holds: () => inventories.bundles(),
    accept: (document) => intake.accept(document),
    answering: answerer.answering,
    onQuestions: answerer.take,
    onAnswer: () => reporter.retryNow(),
    onUnauthorized: () => registerAgain(),
    waitMs: config.waitMs,
  });
  const sendReport: HubLink["send"] = async (report) => {
    if (identity === undefined) throw new AppError("HUB_UNAUTHORIZED", "the cluster is not registered yet");
    await link.send(report);
  };
  const place = { client: cluster.client, namespace: config.namespace };
  const wish = (token: string): RegisterWish => ({
    hub: config.hub,
    token,
    clusterName: config.clusterName,
    labels: config.label,
  });

  /** The hub forgot the cluster; with a token it may learn it again, but never as another store's. */
  async function registerAgain(): Promise<void> {
    if (config.token === undefined || identity === undefined) return;
    try {
      const fresh = await register({ hub, place, log, signal }, { ...wish(config.token), knownEpoch: identity.epoch });
      identity = fresh;
    } catch (error) {
      if (mayLog("register")) log.warn({ err: error }, "registering again failed");
    }
  }

  async function openCluster(): Promise<void> {
    await ensureOwnNamespace(place);
    await inventories.load();
    identity = await readIdentity(place);
    if (identity !== undefined && config.acceptEpoch !== undefined && identity.epoch !== config.acceptEpoch) {
      log.warn(
        { epoch: config.acceptEpoch, before: identity.epoch },
        "another store of the hub is followed from now on",
      );
      identity = { ...identity, epoch: config.acceptEpoch };
      await saveIdentity(place, identity);
    }
    await readHealthRules({ ...cluster, log });
    kubeVersion = await cluster.discovery.kubeVersion();
    await cluster.discovery.resolve("v1", "Namespace");
  }

  async function start(): Promise<void> {
    if (config.healthPort !== 0) {
      const looks = (): ReturnType<typeof judgeLooks> => judgeLooks(reconciler.longestLook());
      const answers = { problem: () => problem ?? looks().problem, isStuck: () => looks().isStuck };
      stack.use(await serveHealth({ port: config.healthPort, metrics: () => metrics.text(), ...answers }));
    }
    garbage.noteWork();
    if (election !== undefined && !(await election.lead())) return;
    garbage.noteWork();
    problem = "starting";
    // What is owned comes first: without it nothing may be decided.
    await untilDone(openCluster, { log, signal, mayLog });
    if (signal.aborted) return;
    problem = undefined;
    log.info(
      { deployments: inventories.bundles().length, kubeVersion, registered: identity !== undefined },
      "agent started",
    );
    await intake.restore();
    watchKindsInUse(cluster);
    const { namespace } = config;
    const watching = { ...cluster, connection: deps.connection, http: watchHttp, log, signal, namespace };
    const approvals = watchApprovals(watching);
    const rules = watchHealthRules({ ...watching, onChange: () => reconciler.resync() });
    const timer = setInterval(() => resync(cluster), config.resyncMs);
    const round = reconciler.firstRound().then(() => reporter.reportAll());
    try {
      identity ??= await firstRegistration();
      if (identity !== undefined) await link.run();
    } finally {
      clearInterval(timer);
      abort.abort();
      await Promise.allSettled([round, approvals, rules]);
    }
  }

  async function firstRegistration(): Promise<Identity | undefined> {
    if (config.token === undefined) {
      throw new AppError("REGISTRATION_FAILED", "the cluster is not registered yet: start the agent with --token", {
        verdict: "stalled",
      });
    }
    return registerUntilDone({ hub, place, log, signal }, wish(config.token));
  }

  return {
    start,
    [Symbol.asyncDispose]: async () => {
      abort.abort();
      await stack.disposeAsync();
    },
  };
}

/** Compares everything anew, and forgets what is not in use any more. */
function resync({ inventories, watches, reconciler, discovery }: ClusterSide): void {
  discovery.invalidate();
  watches.keepOnly(inventories.kinds());
  reconciler.resync();
}

function watchKindsInUse({ inventories, discovery, watches }: ClusterSide): void {
  for (const id of inventories.kinds()) {
    const [group = "", kind = ""] = id.split("/");
    void discovery.resolveKind(group, kind).then(
      (resource) => resource !== undefined && watches.use(resource),
      () => undefined,
    );
  }
}

/** Repeats until it succeeds or the signal is aborted. */
async function untilDone(
  work: () => Promise<void>,
  { log, signal, mayLog }: { log: Logger; signal: AbortSignal; mayLog: LineLimit },
): Promise<void> {
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      await work();
      return;
    } catch (error) {
      const fault = toAppError(error);
      if (mayLog(fault.code))
        log.warn({ code: fault.code, err: fault, failures }, "cluster not readable yet, trying again");
      const waitMs = Math.max(fault.afterMs ?? 0, backoffMs(failures, { baseMs: 500, maxMs: 30_000 }));
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
