import { createHash } from "node:crypto";
import type { JsonValue } from "../../../codec/json-value.ts";
import { printGoYaml } from "../../../codec/print-go-yaml.ts";
import { printJson } from "../../../codec/print-json.ts";
import { type ChartDependency, type ChartMetadata, readDependencies } from "../chart-metadata.ts";
import { ChartError } from "../chart-error.ts";
import { FieldReader } from "../read-fields.ts";

/** A Chart.lock or requirements.lock: the versions that dependencies came to. */
export interface ChartLock {
  /** When it was written, as text. */
  readonly generated: string;
  /** `sha256:…` over what was wanted and what it came to. */
  readonly digest: string;
  readonly dependencies: readonly ChartDependency[];
}

/** Returns what a lock file says. Throws `FieldTypeError`. */
export function readLock(value: JsonValue): ChartLock {
  const fields = new FieldReader("v2.Lock", value);
  const dependencies = (readDependencies(value) ?? []).filter((entry) => entry !== undefined);
  return { generated: fields.text("generated"), digest: fields.text("digest"), dependencies };
}

/** Returns a lock file's text, as Helm writes it. */
export function printLock({ generated, digest, dependencies }: ChartLock): string {
  const entries = dependencies.map(({ name, repository, version }) => ({
    name,
    repository,
    ...(version === "" ? {} : { version }),
  }));
  return printGoYaml({ dependencies: entries, digest, generated });
}

/** Returns the digest of a lock file: SHA-256 over the JSON of what is wanted and what it came to (Helm: `HashReq`). */
export function dependenciesDigest(wanted: readonly ChartDependency[], locked: readonly ChartDependency[]): string {
  return sha256(`[${listJson(wanted)},${listJson(locked)}]`);
}

/**
 * Returns the versions that a chart's lock file holds, undefined where it has none. Throws `ChartError` with Helm's words when
 * the lock file was made for other dependencies; one of a chart of version 1 may have Helm 2's digest.
 */
export function lockedDependencies(
  metadata: ChartMetadata,
  wanted: readonly ChartDependency[],
  lock: ChartLock | undefined,
): readonly ChartDependency[] | undefined {
  if (lock === undefined) return undefined;
  if (dependenciesDigest(wanted, lock.dependencies) === lock.digest) return lock.dependencies;
  const isOld = metadata.apiVersion === "v1";
  const before = (metadata.dependencies ?? []).filter((entry) => entry !== undefined);
  if (isOld && sha256(`{"dependencies":${listJson(before)}}`) === lock.digest) return lock.dependencies;
  const [file, list, advice] = isOld
    ? ["requirements.lock", "requirements.yaml", ""]
    : ["Chart.lock", "Chart.yaml", " with 'helm dependency update'"];
  throw new ChartError(
    "load",
    `the lock file (${file}) is out of sync with the dependencies file (${list}). Please update the dependencies${advice}`,
  );
}

function sha256(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

function listJson(dependencies: readonly ChartDependency[]): string {
  return `[${dependencies.map(dependencyJson).join(",")}]`;
}

/** The members in the order of Go's struct, empty ones left out. */
function dependencyJson(entry: ChartDependency): string {
  const always = [member("name", entry.name)];
  if (entry.version !== "") always.push(member("version", entry.version));
  always.push(member("repository", entry.repository));
  if (entry.condition !== "") always.push(member("condition", entry.condition));
  if (entry.tags.length > 0) always.push(member("tags", entry.tags));
  if (entry.enabled) always.push(member("enabled", true));
  if (entry.importValues.length > 0) always.push(member("import-values", entry.importValues));
  if (entry.alias !== "") always.push(member("alias", entry.alias));
  return `{${always.join(",")}}`;
}

function member(key: string, value: unknown): string {
  const json = printJson(value, { sortKeys: true });
  return `"${key}":${json.replaceAll(/[<>&\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)}`;
}
