import { setTimeout as delay } from "node:timers/promises";
import { isJsonObject } from "../codec/json-value.ts";
import type { KubeObject } from "../shared/api/meta.ts";
import type { Clock } from "../shared/clock.ts";
import { AppError, toAppError } from "../shared/errors.ts";
import type { Logger } from "../shared/log.ts";
import { limitLines } from "./limit-lines.ts";
import type { ApiResource } from "./kube/api-resource.ts";
import type { KubeClient } from "./kube/kube-client.ts";
import { hasCode } from "./kube/kube-status.ts";

/** One of several agents of a cluster, of which one works. */
export interface Election extends AsyncDisposable {
  /** Waits until this agent leads; false when it was stopped before. */
  lead(): Promise<boolean>;
  /** Returns whether this agent leads and nobody can have taken over: without it nothing may be sent to the cluster. */
  holds(): boolean;
}

/** What an election needs. */
export interface ElectionDeps {
  /** A client of its own: renewing must not wait behind other requests. */
  readonly client: KubeClient;
  readonly namespace: string;
  /** Name of this agent among those of the cluster; the same name again is the same agent, started anew. */
  readonly name: string;
  readonly durationMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** The Lease was read while waiting for it: this agent is in order whoever has it, unless something is told that is not. */
  readonly onAnswer: (trouble?: string) => void;
  /** Another agent leads now. */
  readonly onLost: () => void;
}

const leases: ApiResource = {
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  namespaced: true,
};

/**
 * Returns an election over the Lease `drover-agent`. Each write names the version that it replaces, so that one agent
 * wins; a Lease has run out when it has not changed for its duration by the watcher's own monotonic clock, so that
 * clocks need not agree. Who leads stops sending after two thirds of that time without a renewal, and goes on when it
 * finds that nobody took over: an API server that is away does not end an agent. Disposing gives the Lease back.
 */
export function createElection(deps: ElectionDeps): Election {
  const { client, log, signal, name, durationMs } = deps;
  const target = { resource: leases, namespace: deps.namespace, name: "drover-agent" };
  const mayLog = limitLines();
  const first = Promise.withResolvers<boolean>();
  let lease: KubeObject | undefined;
  let changedAtMs = performance.now();
  let renewedAtMs = -Infinity;
  let leads = false;
  let waits = false;
  let running: Promise<void> | undefined;

  function note(found: KubeObject | undefined): void {
    if (found?.metadata.resourceVersion !== lease?.metadata.resourceVersion) changedAtMs = performance.now();
    lease = found;
  }

  function isFree(): boolean {
    const { holderIdentity, leaseDurationSeconds } = specOf(lease);
    if (holderIdentity === undefined || holderIdentity === "" || holderIdentity === name) return true;
    const lastsMs = typeof leaseDurationSeconds === "number" ? leaseDurationSeconds * 1000 : durationMs;
    return performance.now() - changedAtMs > lastsMs;
  }

  async function write(holder: string): Promise<void> {
    const before = specOf(lease);
    const now = `${new Date(deps.clock.now()).toISOString().slice(0, -1)}000Z`;
    const changesHands = before["holderIdentity"] !== holder;
    const transitions = typeof before["leaseTransitions"] === "number" ? before["leaseTransitions"] : 0;
    const next: KubeObject = {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { ...lease?.metadata, name: target.name, namespace: target.namespace },
      spec: {
        holderIdentity: holder,
        leaseDurationSeconds: Math.ceil(durationMs / 1000),
        acquireTime: changesHands ? now : (before["acquireTime"] ?? now),
        renewTime: now,
        leaseTransitions: changesHands && holder !== "" ? transitions + 1 : transitions,
      },
    };
    const sentAtMs = performance.now();
    note(await (lease === undefined ? createLease(next) : client.replace(target, next)));
    renewedAtMs = sentAtMs;
  }

  /** Only the namespace can be missing where something is created. */
  async function createLease(wanted: KubeObject): Promise<KubeObject> {
    try {
      return await client.create(target, wanted);
    } catch (error) {
      if (!hasCode(error, "KUBE_NOT_FOUND")) throw error;
      const problem =
        `the agent's own namespace ${deps.namespace} does not exist, and so its Lease cannot be made: create it ` +
        `(kubectl create namespace ${deps.namespace}), or apply the manifest of \`drover agent install\``;
      throw new AppError("KUBE_NAMESPACE_MISSING", problem, { verdict: "waiting", cause: error });
    }
  }

  /** Renews what is held, else looks who has it and takes it when it is free. */
  async function round(): Promise<void> {
    if (!leads) {
      note(await client.get(target));
      if (!isFree()) {
        deps.onAnswer();
        if (!waits)
          log.info({ leader: specOf(lease)["holderIdentity"] }, "another agent leads: this one waits for the Lease");
        waits = true;
        return;
      }
    }
    try {
      await write(name);
      if (leads) return;
      deps.onAnswer();
      leads = true;
      log.info({ leader: name }, "this agent leads");
      first.resolve(true);
    } catch (error) {
      if (
        !hasCode(error, "KUBE_CONFLICT") &&
        !hasCode(error, "KUBE_ALREADY_EXISTS") &&
        !hasCode(error, "KUBE_NOT_FOUND")
      )
        throw error;
      note(await client.get(target));
      if (!leads || isOurs()) return;
      leads = false;
      log.warn({ leader: specOf(lease)["holderIdentity"] }, "another agent leads now");
      deps.onLost();
    }
  }

  /** Somebody may have edited the Lease, or deleted it, without taking it. */
  function isOurs(): boolean {
    return lease === undefined || specOf(lease)["holderIdentity"] === name;
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await round().catch((error: unknown) => {
        const fault = toAppError(error);
        if (!leads && fault.code === "KUBE_NAMESPACE_MISSING") deps.onAnswer(fault.message);
        if (!signal.aborted && mayLog(fault.code))
          log.warn({ err: fault }, "the Lease of the agents cannot be read or written");
      });
      const waitMs = leads ? durationMs / 4 : durationMs / 8;
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
    first.resolve(false);
  }

  return {
    lead: () => {
      running ??= run();
      return first.promise;
    },
    holds: () => leads && performance.now() - renewedAtMs < (durationMs * 2) / 3,
    [Symbol.asyncDispose]: async () => {
      await running;
      if (!leads) return;
      leads = false;
      // Who cannot say goodbye is missed after the Lease's duration.
      await write("").catch((error: unknown) => log.warn({ err: toAppError(error) }, "the Lease was not given back"));
    },
  };
}

function specOf(lease: KubeObject | undefined): Readonly<Record<string, unknown>> {
  const spec = lease?.["spec"];
  return isJsonObject(spec) ? spec : {};
}
