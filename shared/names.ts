import { createHash } from "node:crypto";

/** Longest Helm release name, and so the longest derived bundle name. */
export const maxReleaseNameLength = 53;

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/u;

function md5Hex(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * Returns a name that Helm accepts as release name, derived from any text such as `app/path/to/dir`; equal to Fleet's
 * `names.HelmReleaseName`, since derived bundle names are an interface (`dependsOn` uses them).
 */
export function helmReleaseName(text: string): string {
  const flat = text.replaceAll("/", "-");
  const needsHash = /[^a-z0-9-]/u.test(flat);
  const marked = needsHash ? `${flat}-${md5Hex(flat).slice(0, 8)}` : flat;
  const name = marked
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/gu, "-")
    .replaceAll(/-+/gu, "-")
    .replaceAll(/^-|-$/gu, "");
  return dnsLabel.test(name) ? limit(name, maxReleaseNameLength) : md5Hex(text).slice(0, 24);
}

/** Returns the text cut to at most `length` characters; a cut one ends in a hash of the whole (Fleet: `names.Limit`). */
export function limit(text: string, length: number): string {
  if (text.length <= length) return text;
  if (length <= 6) return text.slice(0, length);
  const prefix = text.slice(0, length - 6);
  const separator = prefix.endsWith("-") ? "" : "-";
  return `${prefix}${separator}${md5Hex(text).slice(0, 5)}`;
}

/** Returns the parts joined by `-`, cut below 64 characters with a hash when longer (Fleet: `names.SafeConcatName`). */
export function safeConcatName(...parts: readonly string[]): string {
  const full = parts.join("-");
  if (full.length < 64) return full;
  const digest = sha256Hex(full);
  return /[a-z0-9]/u.test(full.charAt(56))
    ? `${full.slice(0, 57)}-${digest.slice(0, 5)}`
    : `${full.slice(0, 56)}-${digest.slice(0, 6)}`;
}

/** Returns 12 hex digits that stand for the text; only its first 100 bytes count (Fleet: `names.KeyHash`). */
export function keyHash(text: string): string {
  return createHash("sha256").update(Buffer.from(text).subarray(0, 100)).digest("hex").slice(0, 12);
}

/** Returns the namespace in which a cluster's BundleDeployments are shown (Fleet: cluster controller); no two clusters share one. */
export function clusterNamespace(workspace: string, cluster: string): string {
  return safeConcatName("cluster", workspace, cluster, keyHash(`${workspace}::${cluster}`));
}
