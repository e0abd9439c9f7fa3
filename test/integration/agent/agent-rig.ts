import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { compose, type Agent } from "../../../agent/compose.ts";
import { agentConfigSchema, type AgentConfig } from "../../../agent/config.ts";
import type { KubeConnection } from "../../../agent/kube/kube-connection.ts";
import type { StepObserver } from "../../../agent/reconcile/step-observer.ts";
import type { Clock } from "../../../shared/clock.ts";
import { silentLogger } from "../../../shared/log.ts";
import type { DeploymentStatus } from "../../../shared/protocol/deployment-status.ts";
import { createLogger } from "../../../shared/runtime/logger.ts";
import type { KubeClient, KubeEndpoint } from "../../kube/kube-request.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { createDeletionJudge } from "./judge-deletions.ts";
import { startScriptedHub, type ScriptedHub } from "./scripted-hub.ts";

/** How an agent is started. */
export interface StartOptions {
  readonly onStep?: StepObserver;
  readonly config?: Partial<AgentConfig>;
  readonly clock?: Clock;
  /** Another way to the same API server. */
  readonly kubeUrl?: string;
}

/** An agent with a hub and namespaces of its own on a real API server. */
export interface AgentRig extends AsyncDisposable {
  readonly hub: ScriptedHub;
  readonly cluster: KubeEndpoint & Pick<KubeClient, "request">;
  /** The agent's own namespace. */
  readonly systemNamespace: string;
  /** A namespace for objects; its name is in no other test. */
  readonly namespace: string;
  readonly dataDir: string;
  readonly config: AgentConfig;
  /**
   * Lists deletions, as `configmaps/web`: disposing fails on any that an agent made and that is not listed, by the API
   * server's audit log. The agent's records of bundles may always go. A pattern of all is for scenarios that assert `deletions()` themselves.
   */
  mayDelete(...deletions: readonly (string | RegExp)[]): void;
  /** Starts an agent and returns what stops it alone; the one before must have been stopped, unless they elect who leads. */
  start(options?: StartOptions): Promise<() => Promise<void>>;
  /** Stops all that were started. */
  stop(): Promise<void>;
  /** Waits until the hub has a status that fits, and returns it. */
  status(bundle: string, fits: (status: DeploymentStatus) => boolean): Promise<DeploymentStatus>;
  state(bundle: string, state: DeploymentStatus["state"]): Promise<DeploymentStatus>;
  /** Returns an object, undefined when there is none. */
  get(path: string): Promise<unknown>;
}

const waitMs = 20_000;

/** Returns how the agent reaches a test cluster. */
export function connectionTo(cluster: KubeEndpoint): KubeConnection {
  return { baseUrl: cluster.url, tls: { ca: cluster.caCert }, authorization: () => `Bearer ${cluster.token}` };
}

/** An API server for a rig; where it has an audit log, deletions are judged by it. */
export type RigCluster = KubeEndpoint & Pick<KubeClient, "request"> & { readonly auditLogPath?: string };

/** Starts a hub and prepares an agent for it; disposing stops both, judges what was deleted and removes its namespaces. */
export async function createAgentRig(cluster: RigCluster): Promise<AgentRig> {
  const id = randomBytes(4).toString("hex");
  const systemNamespace = `drover-${id}`;
  const namespace = `apps-${id}`;
  const { auditLogPath } = cluster;
  const judge = auditLogPath === undefined ? undefined : createDeletionJudge({ ...cluster, auditLogPath }, id);
  const hub = await startScriptedHub();
  const dir = await createTempDir("agent");
  const dataDir = join(dir.path, "data");
  const config = agentConfigSchema.parse({
    hub: hub.url,
    token: "token-1",
    namespace: systemNamespace,
    dataDir,
    waitMs: 10_000,
  });
  const running = new Set<() => Promise<void>>();

  async function stop(): Promise<void> {
    for (const end of running) await end();
  }

  function run(agent: Agent): () => Promise<void> {
    const ended = agent.start();
    const end = async (): Promise<void> => {
      running.delete(end);
      await agent[Symbol.asyncDispose]();
      await ended;
    };
    running.add(end);
    return end;
  }

  async function status(bundle: string, fits: (status: DeploymentStatus) => boolean): Promise<DeploymentStatus> {
    return vi.waitFor(
      () => {
        const current = hub.statuses.get(bundle);
        if (current === undefined || !fits(current)) expect.fail(`status of ${bundle}: ${JSON.stringify(current)}`);
        return current;
      },
      { timeout: waitMs, interval: 20 },
    );
  }

  return {
    hub,
    cluster,
    systemNamespace,
    namespace,
    dataDir,
    config,
    mayDelete: (...deletions) => judge?.allow(deletions),
    start: async (options = {}) => {
      const verbose = process.env["AGENT_TEST_LOG"] === "1";
      const agent = compose({
        config: { ...config, ...options.config },
        connection: connectionTo({ ...cluster, url: options.kubeUrl ?? cluster.url }),
        env: {},
        version: "0.0.0-test",
        log: verbose ? createLogger({ name: "agent", level: "debug" }) : silentLogger,
        ...(options.clock === undefined ? {} : { clock: options.clock }),
        ...(options.onStep === undefined ? {} : { onStep: options.onStep }),
      });
      return run(agent);
    },
    stop,
    status,
    state: (bundle, state) => status(bundle, (current) => current.state === state),
    get: async (path) => {
      const answer = await cluster.request(path);
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) throw new Error(`GET ${path}: ${answer.status} ${answer.text}`);
      return answer.json;
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
      await hub[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
      try {
        await judge?.judge();
      } finally {
        for (const name of [systemNamespace, namespace]) {
          await cluster.request(`/api/v1/namespaces/${name}`, { method: "DELETE" });
        }
      }
    },
  };
}

/** Returns a ConfigMap as YAML. */
export function configMap(name: string, data: Readonly<Record<string, string>> = { key: "value" }): string {
  return JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });
}
