import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "../../shared/log.ts";
import type { HttpConnection } from "../http-connection.ts";
import { wellKnown } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { KubeConnection } from "../kube/kube-connection.ts";
import { hasCode } from "../kube/kube-status.ts";
import { watchObjects } from "../kube/watch-objects.ts";
import type { HealthRuleStore } from "./health-rules.ts";
import { healthRulesLabel } from "./marks.ts";

/** What the watch of rules for health needs. */
export interface HealthRulesDeps {
  readonly client: KubeClient;
  readonly connection: KubeConnection;
  readonly http: HttpConnection;
  readonly healthRules: HealthRuleStore;
  /** The rules are others now: everything is to be judged anew. */
  readonly onChange: () => void;
  readonly namespace: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Reads the ConfigMaps for the first time; without the right to, the agent goes on with the rules of the bundles alone. */
export async function readHealthRules({
  healthRules,
  log,
}: Pick<HealthRulesDeps, "healthRules" | "log">): Promise<void> {
  try {
    await healthRules.refresh();
  } catch (error) {
    if (!hasCode(error, "KUBE_FORBIDDEN")) throw error;
    log.warn({ err: error }, "rules for health in ConfigMaps do not count");
  }
}

/** A ConfigMap that is written in several steps is read once. */
const gatherMs = 100;

/** Reads the ConfigMaps with rules for health again when one of them changes, until the signal is aborted. */
export async function watchHealthRules(deps: HealthRulesDeps): Promise<void> {
  const { healthRules, log, signal } = deps;
  let reading: Promise<void> | undefined;

  async function readAgain(): Promise<void> {
    await delay(gatherMs, undefined, { signal }).catch(() => undefined);
    reading = undefined;
    try {
      if (!signal.aborted && (await healthRules.refresh())) deps.onChange();
    } catch (error) {
      log.warn({ err: error }, "rules for health could not be read");
    }
  }
  const changed = (): void => {
    reading ??= readAgain();
  };
  await watchObjects({
    resource: wellKnown.configMap,
    namespace: deps.namespace,
    labelSelector: healthRulesLabel,
    client: deps.client,
    connection: deps.connection,
    http: deps.http,
    log,
    signal,
    onListed: changed,
    onEvent: changed,
  });
  await reading;
}
