import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { KubeEndpoint, KubeRequestOptions } from "../../kube/kube-request.ts";
import { sharedCluster } from "../../support/kube.ts";
import { systemClock } from "../../../shared/clock.ts";
import { silentLogger } from "../../../shared/log.ts";
import { createSimulatedCluster, type SimulatedCluster } from "../../../simulator/simulated-cluster.ts";
import { sendRequest } from "./send-request.ts";
import { normalizeAnswer, readEvents } from "./normalize-answer.ts";

/** One request of a script. */
export interface Step extends KubeRequestOptions {
  /** Reads on after "answers alike when …". */
  readonly name: string;
  /** `NS` in it stands for the namespace of the script. */
  readonly path: string;
  /** Fields that may differ, by dotted path, with the reason in a comment beside the step. */
  readonly ignore?: readonly string[];
}

/** What both servers answered, in comparable form. */
export interface Answers {
  readonly real: unknown;
  readonly simulated: unknown;
}

/** A real kube-apiserver and a simulated cluster that are sent the same requests. */
export interface ServerPair extends AsyncDisposable {
  readonly namespace: string;
  ask(step: Step): Promise<Answers>;
  /** Returns the version of a collection on each server. */
  listVersions(path: string): Promise<Versions>;
  /** Watches until the server ends it and returns the events; `VERSION` in the path is each server's own. */
  watch(step: Step, versions: Versions): Promise<EventLists>;
}

/** A resourceVersion of each server. */
export interface Versions {
  readonly real: string;
  readonly simulated: string;
}

/** What each server sent over a watch, in comparable form; the last bookmark of a watch is left out. */
export interface EventLists {
  readonly real: readonly unknown[];
  readonly simulated: readonly unknown[];
}

/** Connects to the run's real API server, starts a simulated cluster, and makes the same namespace in both. */
export async function createServerPair(): Promise<ServerPair> {
  const real = await sharedCluster();
  const cluster: SimulatedCluster = await createSimulatedCluster({
    name: "pair",
    clock: systemClock,
    log: silentLogger,
  });
  const simulated: KubeEndpoint = { url: cluster.url, caCert: cluster.ca, token: cluster.token };
  const namespace = `pair-${randomBytes(4).toString("hex")}`;
  const ask = async (step: Step): Promise<Answers> => {
    const { path, ignore = [], body, ...options } = step;
    const request = {
      ...options,
      ...(body === undefined ? {} : { body: inNamespace(body, namespace) }),
    };
    const [one, other] = await Promise.all(
      [real, simulated].map(async (server) => sendRequest(server, path.replaceAll("NS", namespace), request)),
    );
    if (one === undefined || other === undefined) throw new Error("both servers answer");
    return { real: normalizeAnswer(one, ignore), simulated: normalizeAnswer(other, ignore) };
  };
  for (const server of [real, simulated]) {
    await sendRequest(server, "/api/v1/namespaces", { method: "POST", body: { metadata: { name: namespace } } });
  }
  const listVersion = async (server: KubeEndpoint, path: string): Promise<string> =>
    listSchema.parse((await sendRequest(server, path.replaceAll("NS", namespace), {})).json).metadata.resourceVersion;
  const events = async (server: KubeEndpoint, step: Step, version: string): Promise<readonly unknown[]> => {
    const path = step.path.replaceAll("NS", namespace).replaceAll("VERSION", version);
    return readEvents(await sendRequest(server, path, step));
  };
  return {
    namespace,
    ask,
    listVersions: async (path) => ({
      real: await listVersion(real, path),
      simulated: await listVersion(simulated, path),
    }),
    watch: async (step, versions) => {
      const [one, other] = await Promise.all([
        events(real, step, versions.real),
        events(simulated, step, versions.simulated),
      ]);
      return { real: one, simulated: other };
    },
    [Symbol.asyncDispose]: async () => {
      await real.request(`/api/v1/namespaces/${namespace}`, { method: "DELETE" });
      await cluster[Symbol.asyncDispose]();
    },
  };
}

const listSchema = z.object({ metadata: z.object({ resourceVersion: z.string() }) });

function inNamespace(body: unknown, namespace: string): unknown {
  if (typeof body === "string") return body.replaceAll(/\bNS\b/g, namespace);
  const copy: unknown = JSON.parse(JSON.stringify(body).replaceAll(/\bNS\b/g, namespace));
  return copy;
}
