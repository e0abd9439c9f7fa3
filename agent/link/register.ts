import { setTimeout as delay } from "node:timers/promises";
import { backoffMs } from "../../shared/backoff.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import { limitLines } from "../limit-lines.ts";
import type { HubClient } from "./hub-client.ts";
import { readClusterUid, saveIdentity, type Identity, type IdentityPlace } from "./identity.ts";

/** What registering needs. */
export interface RegisterDeps {
  readonly hub: HubClient;
  readonly place: IdentityPlace;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** What the agent says of itself when it registers. */
export interface RegisterWish {
  readonly hub: string;
  readonly token: string;
  readonly clusterName?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch that the agent follows already: a hub with another one is refused. */
  readonly knownEpoch?: string;
}

/** Registers the cluster and keeps the identity that the hub gives it in the cluster. Throws `REGISTRATION_FAILED` or `HUB_…`. */
export async function register(deps: RegisterDeps, wish: RegisterWish): Promise<Identity> {
  const { hub, place, log } = deps;
  const clusterUid = await readClusterUid(place.client);
  if (clusterUid === "")
    throw new AppError("KUBE_UNAVAILABLE", "the namespace kube-system, which names the cluster, is missing");
  const answer = await hub.register(wish.token, {
    clusterUid,
    ...(wish.clusterName === undefined ? {} : { name: wish.clusterName }),
    labels: { ...wish.labels },
  });
  const { clusterName, namespace, credential, epoch } = answer;
  if (wish.knownEpoch !== undefined && wish.knownEpoch !== epoch) {
    const problem = `the hub's store is another one (epoch ${epoch}, known is ${wish.knownEpoch})`;
    throw new AppError("DOCUMENT_REFUSED", `${problem}: approve it with --accept-epoch ${epoch}`, {
      verdict: "stalled",
    });
  }
  const identity: Identity = { hub: wish.hub, clusterName, namespace, credential, epoch };
  await saveIdentity(place, identity);
  log.info({ cluster: `${namespace}/${clusterName}`, epoch }, "cluster registered");
  return identity;
}

/** Registers, again and again until it succeeds or the signal is aborted (then undefined). */
export async function registerUntilDone(deps: RegisterDeps, wish: RegisterWish): Promise<Identity | undefined> {
  const mayLog = limitLines();
  for (let failures = 1; !deps.signal.aborted; failures++) {
    try {
      return await register(deps, wish);
    } catch (error) {
      const fault = toAppError(error);
      if (deps.signal.aborted) break;
      if (mayLog(fault.code))
        deps.log.warn({ code: fault.code, err: fault, failures }, "registration failed, trying again");
      const waitMs = Math.max(fault.afterMs ?? 0, backoffMs(failures, { baseMs: 500, maxMs: 30_000 }));
      await delay(waitMs, undefined, { signal: deps.signal }).catch(() => undefined);
    }
  }
  return undefined;
}
