import type { KubeObject } from "../../shared/api/meta.ts";
import { objectKey, type ObjectKey } from "../../shared/drift/inventory-entry.ts";
import { toAppError } from "../../shared/errors.ts";
import { specFields } from "../../shared/status/health/read-fields.ts";
import { explainHealth } from "./explain-health.ts";
import type { Pass } from "./pass.ts";

/** What is known of why an object is not ready, and when its pods and Events are read next. */
export interface Explanation {
  /** The object without what is not needed to find its pods. */
  readonly object: KubeObject;
  /** What the object's own status says. */
  readonly message: string;
  /** What its pods and Events said last. */
  readonly reason: string | undefined;
  readonly looks: number;
  readonly dueMs: number;
}

/** A rollout that goes well is over by then. */
const firstLookMs = 2000;

/** What stays broken is read ever more seldom, down to this. */
const longestPauseMs = 300_000;

/** Objects explained in one look; the others follow a moment later. */
const maxPerLook = 4;
const nextFewMs = 500;

/** Returns the explanation of an object just seen not to be ready; what was found before stays until it is looked for again. */
export function expectReason(
  before: Explanation | undefined,
  live: KubeObject,
  question: {
    readonly message: string;
    readonly nowMs: number;
  },
): Explanation {
  const { message, nowMs } = question;
  const { apiVersion, kind, metadata } = live;
  const { namespace = "", name = "", uid = "", generation = 0 } = metadata;
  const isPod = apiVersion === "v1" && kind === "Pod";
  const object: KubeObject = {
    apiVersion,
    kind,
    metadata: { namespace, name, uid, generation },
    ...(isPod ? { status: live["status"] } : { spec: { selector: specFields(live)["selector"] } }),
  };
  const same = before?.object.metadata.uid === uid && before.object.metadata.generation === generation;
  if (!same) return { object, message, reason: undefined, looks: 0, dueMs: nowMs + firstLookMs };
  return { ...before, object, message };
}

/** Returns the sentence for status: what the object says, and why. */
export function explainedMessage({ message, reason }: Explanation): string {
  if (reason === undefined) return message;
  return reason.includes(message) ? reason : `${message}: ${reason}`;
}

/**
 * Looks for reasons of what is not ready, a few objects at a time and ever more seldom, and puts them into the record.
 * Returns how long to wait before looking again, undefined when everything is ready.
 */
export async function explainProblems(pass: Pass): Promise<number | undefined> {
  const { record, deps } = pass;
  const nowMs = deps.clock.elapsed();
  for (const key of record.explanations.keys()) if (!record.notReady.has(key)) record.explanations.delete(key);
  const waiting = [...record.explanations].toSorted(([, a], [, b]) => a.dueMs - b.dueMs);
  for (const [key, explanation] of waiting.slice(0, maxPerLook)) {
    if (explanation.dueMs > nowMs) break;
    const reason = await findReason(pass, explanation);
    const pauseMs = Math.min(firstLookMs * 2 ** explanation.looks, longestPauseMs);
    note(pass, key, { ...explanation, reason, looks: explanation.looks + 1, dueMs: nowMs + pauseMs });
  }
  const dueMs = [...record.explanations.values()].map((explanation) => explanation.dueMs);
  return dueMs.length === 0 ? undefined : Math.max(nextFewMs, Math.min(...dueMs) - nowMs);
}

async function findReason(pass: Pass, { object, reason }: Explanation): Promise<string | undefined> {
  const { client, deps, log } = pass;
  // It is only for people, and whoever may not read pods or Events still says all that the object itself says.
  const onFault = (error: unknown): void =>
    log.debug({ object: objectKey(object), error: toAppError(error).message }, "reason not found");
  try {
    return await explainHealth({ client, showLogs: deps.showLogs, onFault }, object);
  } catch (error) {
    onFault(error);
    return reason;
  }
}

function note({ record }: Pass, key: ObjectKey, explanation: Explanation): void {
  record.explanations.set(key, explanation);
  const problem = record.notReady.get(key);
  if (problem !== undefined) record.notReady.set(key, { ...problem, message: explainedMessage(explanation) });
}
