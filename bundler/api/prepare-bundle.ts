import { gunzipSync } from "node:zlib";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { badRequest } from "../../apiserver/resources/api-error.ts";
import type { HookContext } from "../../apiserver/resources/resource-definition.ts";
import { contentAnnotation } from "../../shared/api/annotations.ts";
import { type BundleResource, bundleSpecSchema } from "../../shared/api/bundle-spec.ts";
import type { Content } from "../../shared/api/content.ts";
import { toResource } from "../../shared/bundle/content-id.ts";
import { contentBlob } from "../build/content-blob.ts";
import { bundleStyle } from "../../shared/render/kustomize-variants.ts";
import type { Database } from "../store/database.ts";
import type { BlobTable } from "../store/blob-table.ts";

/** Largest file of a bundle, unpacked. */
const fileLimitBytes = 32 * 1024 * 1024;

/**
 * Returns the step that makes a Bundle deployable which somebody wrote by hand: its `spec.resources` become a stored
 * content; one without them keeps the content it has. What a client writes into the hub's own annotation does not count: digests name content of other people too.
 */
export function createPrepareBundle(
  db: Database,
  blobs: BlobTable,
): (object: ApiObject, context: HookContext, previous?: ApiObject) => Promise<ApiObject> {
  return async (object, context, previous) => {
    const { [contentAnnotation]: _claimed, ...annotations } = object.metadata.annotations ?? {};
    const stored = previous?.metadata.annotations?.[contentAnnotation];
    const spec = bundleSpecSchema.safeParse(object["spec"]);
    const resources = spec.success ? (spec.data.resources ?? []) : [];
    if (resources.length === 0) {
      // A bundle built from Git keeps its content when somebody labels it.
      const kept = stored === undefined ? annotations : { ...annotations, [contentAnnotation]: stored };
      const { annotations: _given, ...metadata } = object.metadata;
      return { ...object, metadata: Object.keys(kept).length === 0 ? metadata : { ...metadata, annotations: kept } };
    }
    const content: Content = {
      source: "files",
      resources: resources.map((resource, index) => fileOf(resource, index)),
    };
    const blob = contentBlob(content);
    if (!context.dryRun) await db.transaction(async (sql) => blobs.save(sql, [blob]));
    const made = JSON.stringify({ files: blob.digest, style: bundleStyle(content), kustomize: {} });
    return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [contentAnnotation]: made } } };
  };
}

function fileOf({ name, content = "", encoding }: BundleResource, index: number): Content["resources"][number] {
  if (name === undefined || name === "") throw badRequest(`spec.resources[${index}] has no name`);
  if (encoding === undefined || encoding === "") return { name, content };
  if (encoding !== "base64+gz")
    throw badRequest(`spec.resources[${index}]: encoding ${encoding} is not known; use base64+gz or none`);
  try {
    return toResource(name, gunzipSync(Buffer.from(content, "base64"), { maxOutputLength: fileLimitBytes }));
  } catch (cause) {
    throw badRequest(
      `spec.resources[${index}] (${name}) is not gzip in base64: ${cause instanceof Error ? cause.message : "unreadable"}`,
    );
  }
}
