import { applyObject } from "../../../apiserver/apply/apply-object.ts";
import { keepTimestamps } from "../../../apiserver/apply/keep-timestamps.ts";
import { trackUpdate } from "../../../apiserver/apply/track-update.ts";
import { jsonPatch } from "../../../apiserver/patch/json-patch.ts";
import { mergePatch } from "../../../apiserver/patch/merge-patch.ts";
import { strategicMergePatch } from "../../../apiserver/patch/strategic-merge-patch.ts";
import { isApiObject, type ApiObject, type ObjectMeta } from "../../../apiserver/resources/api-object.ts";
import { applyBuiltInDefaults } from "../../../apiserver/resources/built-in-defaults/apply-built-in-defaults.ts";
import { withField, withoutFields } from "../../../apiserver/resources/json-fields.ts";
import { resetFieldsFor } from "../../../apiserver/resources/reset-fields.ts";
import type { JsonValue } from "../../../codec/json-value.ts";
import type { Step, Target } from "./request-step.ts";

/** A request to perform on the object that our own functions made so far. */
export interface Request {
  readonly step: Step;
  readonly live: ApiObject | undefined;
  readonly time: string;
}

/** Returns what our functions make of a step, put together as kube-apiserver's handlers do; throws ApiError. */
export function performRequest(target: Target, { step, live, time }: Request): ApiObject {
  const { schema } = target;
  const resetFields = resetFieldsFor({ ...target, subresource: step.subresource ?? "" });
  const context = { live, manager: step.manager, schema, time, subresource: step.subresource, resetFields };
  const body = typeof step.body === "function" ? step.body(live ?? fail("no live object")) : step.body;
  if (step.verb === "apply") {
    const applied = isApiObject(body) ? body : fail("an applied configuration needs a kind");
    const { object } = applyObject({ ...context, applied, force: step.force === true });
    return finish(target, { step, live, time }, applyBuiltInDefaults(object, schema));
  }
  const patched = patch(target, step, { live, body });
  const updated = applyBuiltInDefaults(isApiObject(patched) ? patched : fail("the patch took the kind away"), schema);
  return finish(target, { step, live, time }, trackUpdate({ ...context, updated }));
}

function fail(message: string): never {
  throw new Error(message);
}

function patch(
  { schema }: Target,
  step: Step,
  { live, body }: { readonly live: ApiObject | undefined; readonly body: JsonValue },
): JsonValue {
  const document = live ?? {};
  switch (step.verb) {
    case "json":
      return jsonPatch(document, body);
    case "merge":
      return mergePatch(document, body);
    case "strategic":
      return strategicMergePatch(document, body, schema);
    case "apply":
    case "create":
    case "update":
      return body;
  }
}

/** What a strategy does after tracking: requests to the main resource leave status alone, those to status all else. */
function finish(target: Target, { step, live }: Request, object: ApiObject): ApiObject {
  const kept =
    step.subresource === "status" ? keepAllButStatus(target, live, object) : keepStatus(target, live, object);
  const settled = applyBuiltInDefaults(kept, target.schema);
  return live === undefined ? settled : keepTimestamps(live, settled);
}

function keepStatus({ hasStatus }: Target, live: ApiObject | undefined, object: ApiObject): ApiObject {
  if (!hasStatus) return object;
  const status = live?.["status"];
  const { apiVersion, kind, metadata } = object;
  const rest = { ...withoutFields(object, "status"), apiVersion, kind, metadata };
  return status === undefined ? rest : { ...rest, status };
}

function keepAllButStatus(target: Target, live: ApiObject | undefined, object: ApiObject): ApiObject {
  const before = live ?? fail("status needs an object");
  const status = object["status"];
  const kept = resetFieldsFor({ ...target, subresource: "status" });
  const metadata = keepMetadata(kept, before.metadata, object.metadata);
  return { ...before, metadata, ...(status === undefined ? {} : { status }) };
}

function keepMetadata(kept: ReturnType<typeof resetFieldsFor>, before: ObjectMeta, after: ObjectMeta): ObjectMeta {
  const { managedFields } = after;
  const owned = managedFields === undefined ? {} : { managedFields };
  if (kept.some((path) => path.length === 1 && path[0] === "metadata")) return { ...before, ...owned };
  return kept.reduce((metadata, [root, name]) => {
    if (root !== "metadata" || name === undefined) return metadata;
    const value = before[name];
    return value === undefined ? withoutFields(metadata, name) : withField(metadata, name, value);
  }, after);
}
