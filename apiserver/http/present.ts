import type { JsonObject, JsonValue } from "../../codec/json-value.ts";
import { formatGroupVersion, type ApiObject } from "../resources/api-object.ts";
import type { ObjectList } from "../storage/object-store.ts";
import { negotiate, type AnswerForm, type OfferedForm } from "./negotiate.ts";
import { metadataOnly } from "./present-metadata.ts";
import { printTable } from "./print-table.ts";
import type { StoredCall } from "./resource-call.ts";

const metaVersions = ["v1", "v1beta1"];
const tableForm: OfferedForm = { as: "Table", group: "meta.k8s.io", versions: metaVersions };
const partialForm: OfferedForm = { as: "PartialObjectMetadata", group: "meta.k8s.io", versions: metaVersions };
const partialListForm: OfferedForm = { ...partialForm, as: "PartialObjectMetadataList" };

/** Returns the form in which the client wants a single object or an event's object. */
export function objectForm(call: StoredCall): AnswerForm {
  return negotiate(call.request.headers.accept, [tableForm, partialForm]);
}

/** Returns an object as the client wants it: whole, as a table of one row, or its metadata alone. */
export function presentObject(object: ApiObject, call: StoredCall): JsonObject {
  return inForm(object, objectForm(call), call);
}

/** Returns an object in a form that has been negotiated. */
export function inForm(object: ApiObject, form: AnswerForm, call: StoredCall): JsonObject {
  if (form.as === "Table") {
    const { resourceVersion } = object.metadata;
    return printTable([object], tableRequest(call, form), resourceVersion === undefined ? {} : { resourceVersion });
  }
  return form.as === "PartialObjectMetadata" ? metadataOnly(object, form.version) : object;
}

/** Returns a list as the client wants it. */
export function presentList(list: ObjectList, call: StoredCall): JsonObject {
  const { definition } = call;
  const form = negotiate(call.request.headers.accept, [tableForm, partialListForm]);
  const metadata: Record<string, JsonValue> = { resourceVersion: list.resourceVersion };
  if (list.continue !== undefined) metadata["continue"] = list.continue;
  if (list.remainingItemCount !== undefined) metadata["remainingItemCount"] = list.remainingItemCount;
  if (form.as === "Table") return printTable(list.items, tableRequest(call, form), metadata);
  if (form.as === "PartialObjectMetadataList") {
    const items = list.items.map((item) => metadataOnly(item, form.version));
    return { kind: form.as, apiVersion: `meta.k8s.io/${form.version}`, metadata, items };
  }
  const { names } = definition;
  // Lists of custom kinds are no Go structs: their empty token is printed.
  if (!definition.builtIn) metadata["continue"] ??= "";
  const items = definition.builtIn ? list.items.map(withoutKind) : list.items;
  const apiVersion = formatGroupVersion(names.group, names.version);
  return { kind: names.listKind, apiVersion, metadata, items };
}

function tableRequest(call: StoredCall, form: AnswerForm) {
  return {
    columns: call.definition.printerColumns,
    version: form.version,
    includeObject: call.query.get("includeObject") ?? "Metadata",
    nowMs: call.server.clock.now(),
  };
}

/** Items of Kubernetes' own lists do not repeat their kind. */
function withoutKind({ kind: _kind, apiVersion: _apiVersion, ...rest }: ApiObject): JsonObject {
  return rest;
}
