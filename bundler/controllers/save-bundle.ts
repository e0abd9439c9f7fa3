import { randomUUID } from "node:crypto";
import { type ApiObject, isApiObject } from "../../apiserver/resources/api-object.ts";
import { jsonEqual } from "../../apiserver/resources/json-fields.ts";
import { metaTime } from "../../apiserver/resources/verbs/write-request.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { printJson } from "../../codec/print-json.ts";
import { contentAnnotation, directoryAnnotation, emptiedByAnnotation } from "../../shared/api/annotations.ts";
import { fleetApiVersion } from "../../shared/api/meta.ts";
import { commitLabel } from "../../shared/bundle/bundle-options.ts";
import type { Clock } from "../../shared/clock.ts";
import { AppError } from "../../shared/errors.ts";
import type { BundleContent } from "../build/bundle-content.ts";
import type { BuiltBundle } from "../build/commit-build.ts";
import { bundleResource } from "../desired/hub.ts";
import type { ObjectWriter } from "../store/object-table.ts";

/** A bundle of a commit, and what it consists of. */
export interface BundleToSave {
  readonly built: BuiltBundle;
  readonly content: BundleContent;
  readonly commit: string;
  /** The commit with which its targets came to match no cluster (`emptiedBy`). */
  readonly emptiedBy: string | undefined;
}

/** Writes a bundle unless it is stored like this already; the commit label changes only with the rest. Returns 0 or 1. */
export async function saveBundle(
  writer: ObjectWriter,
  { built, content, commit, emptiedBy }: BundleToSave,
  clock: Clock,
): Promise<number> {
  const { metadata, spec } = built.bundle;
  const key = { resource: bundleResource, namespace: metadata.namespace ?? "", name: metadata.name ?? "" };
  const existing = await writer.read(key);
  const annotations = {
    ...metadata.annotations,
    [contentAnnotation]: JSON.stringify(content),
    [directoryAnnotation]: built.dir.path,
    ...(emptiedBy === undefined ? {} : { [emptiedByAnnotation]: emptiedBy }),
  };
  const before = existing?.metadata.labels?.[commitLabel];
  const wanted = (commitOfIt: string, generation: number): ApiObject => {
    const object: unknown = {
      apiVersion: fleetApiVersion,
      kind: "Bundle",
      metadata: {
        name: key.name,
        namespace: key.namespace,
        uid: existing?.metadata.uid ?? randomUUID(),
        creationTimestamp: existing?.metadata.creationTimestamp ?? metaTime(clock.now()),
        generation,
        labels: { ...metadata.labels, [commitLabel]: commitOfIt },
        annotations,
      },
      spec,
    };
    const plain = parseJson(printJson(object));
    if (!isApiObject(plain)) throw new AppError("INTERNAL", `bundle ${key.name} is no object`);
    return plain;
  };
  const generation = existing?.metadata.generation ?? 1;
  if (existing !== undefined && before !== undefined && sameBundle(wanted(before, generation), existing)) return 0;
  if (existing === undefined) await writer.create(key, wanted(commit, 1));
  else await writer.update(key, wanted(commit, generation + 1));
  return 1;
}

function sameBundle(wanted: ApiObject, existing: ApiObject): boolean {
  const { managedFields: _fields, resourceVersion: _version, ...metadata } = existing.metadata;
  return jsonEqual(wanted, { ...existing, metadata });
}
