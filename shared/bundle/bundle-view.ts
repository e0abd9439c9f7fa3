import { printJson } from "../../codec/print-json.ts";
import type { Bundle, BundleResource } from "../api/bundle.ts";
import type { Content } from "../api/content.ts";
import { fleetApiVersion } from "../api/meta.ts";
import { formatDuration, parseDuration } from "../duration.ts";
import { fleetContentName } from "./content-id.ts";
import type { NamedImageScan } from "./read-image-scans.ts";

/** Bytes of JSON from which Fleet stores every resource of a bundle compressed. */
export const fleetCompressBytes = 1_000_000;

/** One resource of a bundle in readable form. */
export interface ShownResource {
  readonly name: string;
  /** The text, also where Fleet would store it compressed. */
  readonly content?: string;
  /** `base64+gz` where Fleet stores the resource compressed. */
  readonly encoding?: "base64+gz";
  /** Plain base64 of what is not text. */
  readonly contentBase64?: string;
}

/** A Bundle as it is printed. */
export type ShownBundle = Omit<Bundle, "spec"> & {
  readonly spec: Omit<Bundle["spec"], "resources"> & { readonly resources: readonly ShownResource[] };
};

function printed(map: Readonly<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => !key.startsWith("kubectl.kubernetes.io/")));
}

/**
 * Returns a bundle with its resources as `fleet apply -o` prints it: readable text, of the metadata only name, namespace,
 * labels and annotations, without those of kubectl (wrangler: `CleanObjectForExport`).
 */
export function showBundle(bundle: Bundle, content: Content, compress: boolean): ShownBundle {
  const { name, namespace } = bundle.metadata;
  const labels = printed(bundle.metadata.labels);
  const annotations = printed(bundle.metadata.annotations);
  return {
    apiVersion: bundle.apiVersion,
    kind: bundle.kind,
    metadata: {
      ...(name === undefined ? {} : { name }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: { ...bundle.spec, resources: showResources(bundle, content, compress) },
  };
}

/** Returns a content's resources as Fleet's users know them: text stays readable, and what Fleet compresses is marked. */
export function showResources(bundle: Bundle, content: Content, compress: boolean): readonly ShownResource[] {
  const all = compress || jsonSize(bundle, content) >= fleetCompressBytes;
  return content.resources.map(({ name, content: text, encoding }) => {
    if (encoding === "base64") return { name, encoding: "base64+gz", contentBase64: text };
    return {
      name,
      ...(text === "" && !all ? {} : { content: text }),
      ...(all ? { encoding: "base64+gz" as const } : {}),
    };
  });
}

function jsonSize(bundle: Bundle, content: Content): number {
  return Buffer.byteLength(printJson({ ...bundle, resources: content.resources }));
}

/** Returns an image scan as the object that `fleet apply -o` prints behind its bundle; no interval is printed as `0s`. */
export function showImageScan({ name, spec }: NamedImageScan): object {
  const interval = spec.interval === undefined ? "0s" : formatDuration(parseDuration(spec.interval));
  return { apiVersion: fleetApiVersion, kind: "ImageScan", metadata: { name }, spec: { ...spec, interval } };
}

/** Names of contents already hashed: each cluster's deployment asks for that of its bundle. */
const contentNames = new WeakMap<Content, string>();

/** Returns the name that Fleet gives this content; exact for text, see `fleetContentName`. */
export function contentNameOf(content: Content): string {
  const known = contentNames.get(content);
  if (known !== undefined) return known;
  const resources: BundleResource[] = content.resources.map(({ name, content: text, encoding }) => ({
    name,
    content: text,
    ...(encoding === undefined ? {} : { encoding: "base64+gz" }),
  }));
  const name = fleetContentName(resources);
  contentNames.set(content, name);
  return name;
}
