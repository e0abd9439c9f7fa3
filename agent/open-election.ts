import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { systemClock } from "../shared/clock.ts";
import type { Logger } from "../shared/log.ts";
import type { AgentConfig } from "./config.ts";
import { createElection, type Election } from "./elect-leader.ts";
import { createKubeClient, createKubeHttp } from "./kube/kube-client.ts";
import type { KubeConnection } from "./kube/kube-connection.ts";

/** What an agent's election is opened with. */
export interface OpenElectionDeps {
  readonly config: AgentConfig;
  readonly connection: KubeConnection;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onAnswer: (trouble?: string) => void;
  readonly onLost: () => void;
}

/** Returns an election with a connection of its own; what it opens is added to the stack. */
export function openElection(deps: OpenElectionDeps, stack: AsyncDisposableStack): Election {
  const { config, connection } = deps;
  const http = stack.use(createKubeHttp(connection, 1));
  // It outlives the agent's signal: giving the Lease back is a request too.
  const ending = new AbortController();
  stack.defer(() => ending.abort());
  const client = createKubeClient({ connection, http, signal: ending.signal, timeoutMs: config.leaseMs / 3 });
  const name = config.leaderName ?? `${hostname()}-${process.pid}-${randomBytes(3).toString("hex")}`;
  return stack.use(
    createElection({
      ...deps,
      client,
      name,
      namespace: config.namespace,
      durationMs: config.leaseMs,
      clock: systemClock,
    }),
  );
}
