import { createHash } from "node:crypto";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../codec/json-value.ts";
import { ChartMissingError, ChartSourceError } from "./chart-source-error.ts";
import { chooseVersion, isExactVersion } from "./choose-version.ts";
import { type OciReference, parseOciReference } from "./oci-reference.ts";
import { createRegistrySession, jsonOf, type RegistrySession } from "./registry-session.ts";
import { bodyOf } from "./request-source.ts";
import type { SourceAccess } from "./source-access.ts";

/** What is wanted of a registry. */
export interface OciPull {
  readonly address: string;
  /** A version or range; "" is the newest stable one, or what the address itself names. */
  readonly version: string;
  readonly access: SourceAccess;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Returns an archive that need not be loaded again, by SHA-256 in hexadecimal. */
  readonly cached: (digest: string) => Promise<Buffer | undefined>;
}

const maxListBytes = 8 * 1024 * 1024;
const maxManifestBytes = 4 * 1024 * 1024;
const maxPages = 100;
const manifestType = "application/vnd.oci.image.manifest.v1+json";
const configType = "application/vnd.cncf.helm.config.v1+json";
const layerTypes: ReadonlySet<JsonValue | undefined> = new Set([
  "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
  "application/tar+gzip",
]);

interface Registry {
  readonly reference: OciReference;
  readonly base: string;
  readonly session: RegistrySession;
  readonly place: string;
}

/** A chart from a registry; `manifestDigest` is that of the manifest that named it, `sha256:…`. */
export interface PulledChart {
  readonly archive: Buffer;
  readonly url: string;
  readonly manifestDigest: string;
}

/** Returns the archive of a chart in an OCI registry, manifest and layer checked against their digests. Throws `ChartSourceError`. */
export async function pullOciChart(pull: OciPull): Promise<PulledChart> {
  const reference = parseOciReference(pull.address);
  const { host, repository } = reference;
  const registry: Registry = {
    reference,
    base: `${pull.access.plainHttp === true ? "http" : "https"}://${host}/v2/${repository}`,
    session: createRegistrySession(repository, pull.access, pull.signal),
    place: `oci://${host}/${repository}`,
  };
  const name = reference.digest === "" ? await findTag(registry, pull.version) : reference.digest;
  const { manifest, digest } = await readManifest(registry, name);
  const layer = chartLayer(manifest, registry.place);
  const archive =
    (await pull.cached(layer.digest.slice("sha256:".length))) ?? (await readLayer(registry, layer, pull.maxBytes));
  const url = `${registry.place}${reference.digest === "" ? ":" : "@"}${name}`;
  return { archive, url, manifestDigest: digest };
}

/** A version's `+` stands as `_` in a tag, which may not hold it. */
async function findTag(registry: Registry, wanted: string): Promise<string> {
  const { tag } = registry.reference;
  if (tag !== "" && (wanted === "" || wanted.replaceAll("+", "_") === tag)) return tag;
  if (tag !== "") {
    throw new ChartSourceError("address", `${registry.place}:${tag} names another version than "${wanted}"`);
  }
  if (isExactVersion(wanted)) return wanted.replaceAll("+", "_");
  const versions = (await listTags(registry)).map((name) => name.replaceAll("_", "+"));
  // Helm looks at whole versions only; `v1.2.3` and the like count where there are no others.
  const chosen = chooseVersion(versions.filter(isExactVersion), wanted) ?? chooseVersion(versions, wanted);
  if (chosen !== undefined) return chosen.replaceAll("+", "_");
  const wish = wanted === "" ? "no stable version" : `no version that satisfies "${wanted}"`;
  throw new ChartMissingError("version", `${registry.place} has ${wish}`);
}

async function listTags({ base, session, place }: Registry): Promise<string[]> {
  const tags: string[] = [];
  let url: URL | undefined = new URL(`${base}/tags/list?n=1000`);
  for (let page = 0; url !== undefined; page += 1) {
    if (page === maxPages) throw new ChartSourceError("refused", `${place} has more than ${maxPages} pages of tags`);
    const answer = await session.get({ url, maxBytes: maxListBytes });
    const listed = jsonOf(bodyOf(answer, place), place)["tags"];
    if (Array.isArray(listed)) tags.push(...listed.filter((tag: JsonValue) => typeof tag === "string"));
    url = nextPage(url, String(answer.headers["link"] ?? ""));
  }
  return tags;
}

function nextPage(from: URL, link: string): URL | undefined {
  const target = /<([^>]+)>\s*;\s*rel="?next"?/u.exec(link)?.[1];
  if (target === undefined || !URL.canParse(target, from.href)) return undefined;
  const next = new URL(target, from);
  if (next.origin !== from.origin) throw new ChartSourceError("refused", `${from.host} continues its tags elsewhere`);
  return next;
}

interface Manifest {
  readonly manifest: JsonObject;
  readonly digest: string;
}

async function readManifest({ base, session, place, reference }: Registry, name: string): Promise<Manifest> {
  const url = new URL(`${base}/manifests/${name}`);
  const answer = await session.get({ url, accept: manifestType, maxBytes: maxManifestBytes });
  const body = bodyOf(answer, place);
  const promised = reference.digest === "" ? answer.headers["docker-content-digest"] : reference.digest;
  if (typeof promised === "string") checkDigest(body, promised, `${place}: the manifest of ${name}`);
  return { manifest: jsonOf(body, place), digest: digestOf(body) };
}

interface Layer {
  readonly digest: string;
  readonly size: number;
}

function chartLayer(manifest: JsonObject, place: string): Layer {
  const { config, layers } = manifest;
  if (!isJsonObject(config) || config["mediaType"] !== configType) {
    throw new ChartSourceError("refused", `${place} holds something that is no Helm chart`);
  }
  const layer = (Array.isArray(layers) ? layers : []).find(
    (one: JsonValue) => isJsonObject(one) && layerTypes.has(one["mediaType"]),
  );
  const { digest, size } = isJsonObject(layer) ? layer : {};
  if (typeof digest !== "string" || !/^sha256:[0-9a-f]{64}$/u.test(digest) || typeof size !== "number") {
    throw new ChartSourceError("refused", `${place}: its manifest has no layer with a chart and its SHA-256`);
  }
  return { digest, size };
}

async function readLayer({ base, session, place }: Registry, layer: Layer, maxBytes: number): Promise<Buffer> {
  if (layer.size > maxBytes) {
    throw new ChartSourceError("refused", `${place}: the chart is larger than ${maxBytes} bytes`);
  }
  const url = new URL(`${base}/blobs/${layer.digest}`);
  const body = bodyOf(await session.get({ url, maxBytes: layer.size }), place);
  checkDigest(body, layer.digest, `${place}: the chart`);
  return body;
}

function checkDigest(body: Buffer, promised: string, what: string): void {
  const actual = digestOf(body);
  if (actual === promised) return;
  throw new ChartSourceError("refused", `${what} has the digest ${actual}, not ${promised} as promised`);
}

function digestOf(body: Buffer): string {
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}
