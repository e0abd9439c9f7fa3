import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { invalidObject } from "../resources/api-error.ts";
import { isApiObject, type ApiObject } from "../resources/api-object.ts";
import { valueFault } from "../resources/field-error.ts";
import { fieldAt } from "../resources/json-fields.ts";
import type { ScaleSubresource } from "../resources/resource-definition.ts";
import { applyPatch } from "../resources/verbs/patch-object.ts";
import { changeObject } from "../resources/verbs/update-object.ts";
import { inServedVersion, keyOf } from "../resources/verbs/write-request.ts";
import { formatLabelSelector } from "../resources/format-label-selector.ts";
import { ok, type Answer } from "./answer.ts";
import { mediaTypeOf, parseBody, readBody } from "./read-body.ts";
import { parseWriteOptions } from "./request-query.ts";
import { writeRequestOf, type StoredCall } from "./resource-call.ts";
import { readPatch } from "./serve-patch.ts";

/** Answers GET, PUT and PATCH of `…/scale` with an autoscaling/v1 Scale. */
export async function serveScale(call: StoredCall, scale: ScaleSubresource): Promise<Answer> {
  const request = writeRequestOf(call, parseWriteOptions(call.query, "UpdateOptions"));
  const { definition } = request;
  if (call.request.method === "GET") {
    const object = await definition.store.get(keyOf(request));
    return ok(scaleOf(inServedVersion(object, definition), scale));
  }
  const writing = { request, parts: call.server };
  const wanted = await readScaleChange(call);
  const change = (live: ApiObject): ApiObject => {
    const current = scaleOf(live, scale);
    const next = wanted.type === "put" ? wanted.value : applyPatch(wanted.patch, current, writing);
    return withReplicas(live, next, scale);
  };
  return ok(scaleOf(await changeObject(change, writing, { tracked: true }), scale));
}

async function readScaleChange(call: StoredCall) {
  if (call.request.method === "PATCH") return { type: "patch", patch: await readPatch(call) } as const;
  const bytes = await readBody(call.request, call.server.maxBodyBytes);
  return { type: "put", value: parseBody(bytes, mediaTypeOf(call.request), "Scale").value } as const;
}

function withReplicas(live: ApiObject, scale: JsonValue, { specReplicasPath }: ScaleSubresource): ApiObject {
  const replicas = fieldAt(scale, "spec", "replicas") ?? 0;
  if (typeof replicas !== "number" || replicas < 0 || !Number.isInteger(replicas)) {
    const detail = "must be greater than or equal to 0";
    const fault = valueFault("FieldValueInvalid", "spec.replicas", { value: replicas, detail });
    throw invalidObject({ group: "autoscaling", kind: "Scale" }, live.metadata.name ?? "", [fault]);
  }
  const resourceVersion = fieldAt(scale, "metadata", "resourceVersion");
  const metadata =
    typeof resourceVersion === "string" && resourceVersion !== ""
      ? { ...live.metadata, resourceVersion }
      : live.metadata;
  const changed = setAt({ ...live, metadata }, pathOf(specReplicasPath), replicas);
  return isApiObject(changed) ? changed : live;
}

function setAt(object: JsonObject, [name = "", ...rest]: readonly string[], value: JsonValue): JsonObject {
  if (rest.length === 0) return { ...object, [name]: value };
  const inner = object[name];
  return { ...object, [name]: setAt(isJsonObject(inner) ? inner : {}, rest, value) };
}

function scaleOf(object: ApiObject, scale: ScaleSubresource): JsonObject {
  const { name = "", namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = fieldAt(object, ...pathOf(scale.specReplicasPath)) ?? 0;
  const selector = selectorOf(object, scale);
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    },
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: fieldAt(object, ...pathOf(scale.statusReplicasPath)) ?? 0,
      ...(selector === "" ? {} : { selector }),
    },
  };
}

function selectorOf(object: ApiObject, { labelSelectorPath }: ScaleSubresource): string {
  if (labelSelectorPath === undefined) return "";
  const selector = fieldAt(object, ...pathOf(labelSelectorPath));
  if (typeof selector === "string") return selector;
  return isJsonObject(selector) ? formatLabelSelector(selector) : "";
}

/** Splits `.spec.replicas` into its steps. */
function pathOf(path: string): readonly string[] {
  return path.split(".").filter((step) => step !== "");
}
