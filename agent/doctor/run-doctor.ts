import { systemClock } from "../../shared/clock.ts";
import { toAppError } from "../../shared/errors.ts";
import type { AgentConfig } from "../config.ts";
import { createKubeClient, createKubeHttp } from "../kube/kube-client.ts";
import type { KubeConnection } from "../kube/kube-connection.ts";
import type { HubTrust } from "../link/hub-connection.ts";
import type { Identity } from "../link/identity.ts";
import type { ProxyEnv } from "../link/open-socket.ts";
import { answersHop } from "./answers-hop.ts";
import { clusterHops } from "./cluster-hops.ts";
import { type Hop, HopFault, type HopResult, walkHops } from "./hop.ts";
import { hubHops } from "./hub-hops.ts";

/** What the doctor looks with: the agent's settings, and what they lead to. */
export interface DoctorDeps {
  readonly config: AgentConfig;
  readonly env: ProxyEnv;
  /** Returns how the cluster is reached; throws when the settings do not say. */
  readonly connection: () => KubeConnection;
  /** Returns how the hub is trusted; throws when the CA's file cannot be read. */
  readonly hubTrust: () => HubTrust;
}

/** Tries every hop between the agent, its cluster and its hub until one fails. Nothing is changed on either side. */
export async function runDoctor({ config, env, connection, hubTrust }: DoctorDeps): Promise<HopResult[]> {
  await using stack = new AsyncDisposableStack();
  const abort = new AbortController();
  stack.defer(() => abort.abort());
  let identity: Identity | undefined;
  let trust: HubTrust = {};
  const hops: Hop[] = [];
  let server: KubeConnection;
  try {
    trust = hubTrust();
    server = connection();
  } catch (error) {
    const problem = new HopFault(
      toAppError(error).message,
      "correct the settings: `drover agent --print-config` shows them",
    );
    return await walkHops([{ name: "settings", try: () => Promise.reject(problem) }]);
  }
  const http = stack.use(createKubeHttp(server, 4));
  const client = createKubeClient({ connection: server, http, signal: abort.signal, timeoutMs: 10_000 });
  hops.push(
    ...clusterHops({
      client,
      server: server.baseUrl,
      namespace: config.namespace,
      leaderElect: config.leaderElect,
      onIdentity: (found) => (identity = found),
    }),
    ...hubHops({
      hub: new URL(config.hub),
      trust,
      token: config.token,
      env,
      clock: systemClock,
      identity: () => identity,
    }),
    answersHop(client, config),
  );
  return await walkHops(hops);
}

/** Returns what the doctor found, a line for each hop, and the mend below the one that failed. */
export function printFindings(results: readonly HopResult[]): string {
  const width = Math.max(...results.map(({ hop }) => hop.length)) + 2;
  const lines = results.flatMap(({ hop, result, message, mend }) => [
    `${result.padEnd(11)}${hop.padEnd(width)}${message}`.trimEnd(),
    ...(mend === undefined ? [] : [`${" ".repeat(11 + width)}mend: ${mend}`]),
  ]);
  return lines.join("\n");
}
