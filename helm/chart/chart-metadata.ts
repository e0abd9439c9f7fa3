import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { parseVersion } from "../functions/semver-version.ts";
import { GoPanic } from "../template/go-value.ts";
import { quoteString } from "../template/quote-string.ts";
import { ChartError } from "./chart-error.ts";
import { FieldReader } from "./read-fields.ts";

/** Who looks after a chart. */
export interface Maintainer {
  readonly name: string;
  readonly email: string;
  readonly url: string;
}

/** An entry of `dependencies` in Chart.yaml or requirements.yaml. */
export interface ChartDependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  readonly condition: string;
  readonly tags: readonly string[];
  readonly enabled: boolean;
  readonly importValues: readonly JsonValue[];
  readonly alias: string;
}

/** What Chart.yaml says; absent texts are "". */
export interface ChartMetadata {
  readonly name: string;
  readonly home: string;
  readonly sources: readonly string[];
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly maintainers: readonly (Maintainer | undefined)[];
  readonly icon: string;
  readonly apiVersion: string;
  readonly condition: string;
  readonly tags: string;
  readonly appVersion: string;
  readonly deprecated: boolean;
  readonly annotations: ReadonlyMap<string, string> | undefined;
  readonly kubeVersion: string;
  /** undefined differs from none: only then are the charts in `charts/` taken as they are. */
  readonly dependencies: readonly (ChartDependency | undefined)[] | undefined;
  readonly type: string;
}

/** Returns what a Chart.yaml says. Throws `FieldTypeError`. */
export function readMetadata(value: JsonValue): ChartMetadata {
  const fields = new FieldReader("v2.Metadata", value);
  const clean = (key: string): string => cleanText(fields.text(key));
  return {
    name: clean("name"),
    home: clean("home"),
    sources: fields.texts("sources").map(cleanText),
    version: fields.text("version"),
    description: clean("description"),
    keywords: fields.texts("keywords").map(cleanText),
    maintainers: (fields.list("maintainers") ?? []).map(readMaintainer),
    icon: clean("icon"),
    apiVersion: fields.text("apiVersion"),
    condition: clean("condition"),
    tags: clean("tags"),
    appVersion: clean("appVersion"),
    deprecated: fields.flag("deprecated"),
    annotations: fields.textMap("annotations"),
    kubeVersion: clean("kubeVersion"),
    dependencies: readDependencies(value),
    type: fields.text("type"),
  };
}

/** Returns the `dependencies` of a Chart.yaml or requirements.yaml, undefined when it has none. Throws `FieldTypeError`. */
export function readDependencies(value: JsonValue): readonly (ChartDependency | undefined)[] | undefined {
  return new FieldReader("v2.Metadata", value).list("dependencies")?.map(readDependency);
}

function readMaintainer(value: JsonValue): Maintainer | undefined {
  if (value === null) return undefined;
  const fields = new FieldReader("v2.Maintainer", value);
  const [name = "", email = "", url = ""] = ["name", "email", "url"].map((key) => cleanText(fields.text(key)));
  return { name, email, url };
}

function readDependency(value: JsonValue): ChartDependency | undefined {
  if (value === null) return undefined;
  const fields = new FieldReader("v2.Dependency", value);
  return {
    name: cleanText(fields.text("name")),
    version: cleanText(fields.text("version")),
    repository: cleanText(fields.text("repository")),
    condition: cleanText(fields.text("condition")),
    tags: fields.texts("tags").map(cleanText),
    enabled: fields.flag("enabled"),
    importValues: (fields.list("import-values") ?? []).filter((item) => typeof item === "string" || isJsonObject(item)),
    alias: fields.text("alias"),
  };
}

/** Blanks of any kind become spaces, what cannot be printed goes (Helm: `sanitizeString`). */
function cleanText(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  return text.replaceAll(/[\t\n\v\f\r\u0085\p{Z}]/gu, " ").replaceAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, "");
}

/** Throws `ChartError` for metadata that Helm does not accept (`Metadata.Validate`). */
export function checkMetadata(metadata: ChartMetadata): void {
  const { name, version, type, apiVersion } = metadata;
  if (apiVersion === "") throw invalid("chart.metadata.apiVersion is required");
  if (name === "") throw invalid("chart.metadata.name is required");
  if (name === "." || name === "..") throw invalid(`chart.metadata.name ${quoteString(name)} is not allowed`);
  if (name.includes("/")) throw invalid(`chart.metadata.name ${quoteString(name)} is invalid`);
  if (version === "") throw invalid("chart.metadata.version is required");
  if (!isVersion(version)) throw invalid(`chart.metadata.version ${quoteString(version)} is invalid`);
  if (!["", "application", "library"].includes(type)) {
    throw invalid("chart.metadata.type must be application or library");
  }
  if (metadata.maintainers.includes(undefined)) throw invalid("maintainers must not contain empty or null nodes");
  checkDependencies(metadata.dependencies ?? []);
}

function checkDependencies(dependencies: readonly (ChartDependency | undefined)[]): void {
  const names = new Set<string>();
  for (const dependency of dependencies) {
    if (dependency === undefined) throw invalid("dependencies must not contain empty or null nodes");
    const { name, alias } = dependency;
    if (alias !== "" && !/^[a-zA-Z0-9_-]+$/.test(alias)) {
      throw invalid(`dependency ${quoteString(name)} has disallowed characters in the alias`);
    }
    const key = alias === "" ? name : alias;
    if (names.has(key)) throw invalid(`more than one dependency with name or alias ${quoteString(key)}`);
    names.add(key);
  }
}

function isVersion(text: string): boolean {
  try {
    parseVersion(text);
    return true;
  } catch (error) {
    if (error instanceof GoPanic) return false;
    throw error;
  }
}

function invalid(message: string): ChartError {
  return new ChartError("load", `validation: ${message}`);
}
