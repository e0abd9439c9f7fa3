import { expect } from "vitest";
import { ApiError, toStatus } from "../../../apiserver/resources/api-error.ts";
import type { ApiObject, ObjectMeta } from "../../../apiserver/resources/api-object.ts";
import { withoutFields } from "../../../apiserver/resources/json-fields.ts";
import { isJsonObject, type JsonValue } from "../../../codec/json-value.ts";
import type { KubeClient } from "../../kube/kube-request.ts";
import { performRequest } from "./perform-request.ts";
import type { Step, Target } from "./request-step.ts";
import { sendRequest } from "./send-request.ts";

/** What a sequence of requests led to. */
export interface SequenceResult {
  readonly object: ApiObject | undefined;
  /** How many steps were compared: not those that the server's validation refused, which is not under test. */
  readonly compared: number;
}

/**
 * Sends the steps to a real server and performs them with our functions, each on its own object, and expects the same
 * object (or the same failure) after each step, managedFields and their times and order included.
 */
export async function runSequence(
  server: Pick<KubeClient, "request">,
  target: Target,
  steps: readonly Step[],
): Promise<SequenceResult> {
  let real: ApiObject | undefined;
  let ours: ApiObject | undefined;
  let compared = 0;
  for (const [index, step] of steps.entries()) {
    const spoken = speaking(target, step.version ?? target.version);
    const answer = await sendRequest(server, spoken, { step, live: real });
    if (isRefused(answer)) {
      if (real === undefined) break;
      continue;
    }
    const live = ours === undefined ? undefined : { ...ours, apiVersion: apiVersionOf(spoken) };
    const result = attempt(spoken, { step, live, time: lastTime(answer) });
    expect(comparable(result), `step ${index + 1}, ${step.verb} by ${step.manager}`).toEqual(comparable(answer));
    compared++;
    if (answer.kind === "Status") continue;
    real = answer;
    ours = result;
  }
  return { object: ours, compared };
}

function apiVersionOf({ group, version }: Target): string {
  return group === "" ? version : `${group}/${version}`;
}

/** Returns the target in another version of its kind. */
function speaking(target: Target, version: string): Target {
  if (version === target.version) return target;
  const schema = target.schema.registry.forKind(target.group, version, target.kind);
  if (schema === undefined) throw new Error(`no schema for ${target.kind} in ${version}`);
  return { ...target, version, schema };
}

function attempt(target: Target, request: Parameters<typeof performRequest>[1]): ApiObject {
  try {
    return performRequest(target, request);
  } catch (error) {
    if (error instanceof ApiError) return toStatus(error);
    throw error;
  }
}

/** Whether validation refused a request: it names the kind, which a patch that cannot be applied does not. */
function isRefused({ kind, reason, details }: ApiObject): boolean {
  return kind === "Status" && reason === "Invalid" && isJsonObject(details) && details["kind"] !== undefined;
}

/** The time at which the server says that it made its last change of ownership: ours then carry the same. */
function lastTime({ metadata }: ApiObject): string {
  const times = (metadata.managedFields ?? []).flatMap(({ time }) => time ?? []);
  return times.sort().at(-1) ?? "2026-01-01T00:00:00Z";
}

const assigned = ["creationTimestamp", "generation", "resourceVersion", "uid"];

function comparable(object: ApiObject): JsonValue {
  if (object.kind === "Status") return comparableStatus(object);
  const metadata: ObjectMeta = withoutFields(object.metadata, ...assigned);
  return { ...object, metadata };
}

/** The server lists conflicts in no order. */
function comparableStatus(status: ApiObject): JsonValue {
  const { details } = status;
  if (!isJsonObject(details) || !Array.isArray(details["causes"])) return status;
  const causes = details["causes"].toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
  return { ...status, details: { ...details, causes } };
}
