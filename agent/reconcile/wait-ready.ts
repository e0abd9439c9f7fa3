import { setTimeout as delay } from "node:timers/promises";
import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { describeEntry, entryOf } from "../../shared/drift/inventory-entry.ts";
import { AppError } from "../../shared/errors.ts";
import { assessDefinition } from "../../shared/status/health/assess-definition.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { TargetedObject } from "./read-live.ts";

/** How long a definition or namespace may take before the others go on without it. */
const maxWaitMs = 15_000;

/**
 * Waits until an applied namespace is active or an applied definition is established, and returns it as it is then.
 * Other kinds return at once. Throws `WAIT_TIMEOUT`.
 */
export async function waitReady(
  client: KubeClient,
  { target, object: applied }: TargetedObject,
  signal: AbortSignal,
): Promise<KubeObject> {
  const deadlineMs = performance.now() + maxWaitMs;
  let object = applied;
  for (let pauseMs = 10; !isUsable(object); pauseMs = Math.min(pauseMs * 2, 500)) {
    if (performance.now() > deadlineMs || signal.aborted) {
      throw new AppError("WAIT_TIMEOUT", `${describeEntry(entryOf(object))} was not usable within ${maxWaitMs} ms`);
    }
    await delay(pauseMs);
    const live = await client.get(target);
    if (live === undefined) throw new AppError("WAIT_TIMEOUT", `${describeEntry(entryOf(object))} is gone again`);
    object = live;
  }
  return object;
}

function isUsable(object: KubeObject): boolean {
  if (object.kind === "CustomResourceDefinition") return assessDefinition(object).ready;
  if (object.kind !== "Namespace" || object.apiVersion !== "v1") return true;
  const phase = isJsonObject(object["status"]) ? object["status"]["phase"] : undefined;
  // A server without namespace phases (a simple one) has nothing to wait for.
  return object.metadata.deletionTimestamp === undefined && (phase === undefined || phase === "Active");
}
