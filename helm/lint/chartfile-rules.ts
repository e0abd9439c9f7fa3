import { basename } from "node:path";
import { isJsonObject } from "../../codec/json-value.ts";
import { type ChartMetadata, type Maintainer, readMetadata } from "../chart/chart-metadata.ts";
import { readYaml, yamlFault } from "../chart/read-yaml.ts";
import { parseVersion } from "../functions/semver-version.ts";
import { GoPanic } from "../template/go-value.ts";
import { quoteString } from "../template/quote-string.ts";
import type { ChartFolder } from "./chart-folder.ts";
import { isEmail, isRequestUrl, isUrl } from "./go-address.ts";
import { findings, type LintMessage } from "./lint-message.ts";
import { strictMetadataFault } from "./strict-metadata.ts";

const file = "Chart.yaml";

/** Returns what is wrong with a Chart.yaml (Helm: `rules.Chartfile`). */
export function chartfileRules(folder: ChartFolder): LintMessage[] {
  const entry = folder.find(file);
  if (entry?.kind !== "file") {
    const reading = `read ${folder.path}/${file}: is a directory`;
    return findings("ERROR", file, ["should be a file, not a directory", `unable to parse YAML\n\t${reading}`]);
  }
  const read = readChartfile(entry.text);
  if (typeof read === "string") return findings("ERROR", file, [`unable to parse YAML\n\t${read}`]);
  const { metadata, fields } = read;
  const strict = strictMetadataFault(entry.text);
  return [
    ...findings("WARNING", file, [strict && `failed to strictly parse chart metadata file\n\t${strict}`]),
    ...findings("ERROR", file, [
      nameFault(metadata.name),
      apiVersionFault(metadata.apiVersion),
      typeFault("version", fields),
      versionFault(metadata.version),
      typeFault("appVersion", fields),
      maintainerFault(metadata.maintainers),
      sourceFault(metadata.sources),
    ]),
    ...findings("INFO", file, [metadata.icon === "" ? "icon is recommended" : undefined]),
    ...findings("ERROR", file, [iconFault(metadata.icon), ...onlyInV2(metadata)]),
    ...findings("WARNING", file, [strictVersionFault(metadata.version)]),
  ];
}

interface ReadChartfile {
  readonly metadata: ChartMetadata;
  /** The same before anything was made a string. */
  readonly fields: ReadonlyMap<string, unknown>;
}

/** Returns a text that says why it cannot be read. */
function readChartfile(text: string): ReadChartfile | string {
  try {
    const value = readYaml(text);
    return { metadata: readMetadata(value), fields: new Map(isJsonObject(value) ? Object.entries(value) : []) };
  } catch (error) {
    const fault = yamlFault(error);
    if (fault === undefined) throw error;
    return fault;
  }
}

function nameFault(name: string): string | undefined {
  if (name === "") return "name is required";
  return basename(name) === name ? undefined : `chart name ${quoteString(name)} is invalid`;
}

function apiVersionFault(apiVersion: string): string | undefined {
  const wanted = 'The value must be either "v1" or "v2"';
  if (apiVersion === "") return `apiVersion is required. ${wanted}`;
  return apiVersion === "v1" || apiVersion === "v2" ? undefined : `apiVersion '${apiVersion}' is not valid. ${wanted}`;
}

function typeFault(key: string, fields: ReadonlyMap<string, unknown>): string | undefined {
  const value = fields.get(key);
  if (!fields.has(key) || typeof value === "string") return undefined;
  return `${key} should be of type string but it's of type ${goTypeOf(value)}`;
}

function goTypeOf(value: unknown): string {
  if (value === null) return "<nil>";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number" || typeof value === "bigint") return "float64";
  return Array.isArray(value) ? "[]interface {}" : "map[string]interface {}";
}

function versionFault(version: string): string | undefined {
  if (version === "") return "version is required";
  try {
    const read = parseVersion(version);
    const { major, minor, patch, pre } = read;
    const isLowest = major === 0n && minor === 0n && patch === 0n && pre === "0";
    return isLowest ? `version ${quoteString(read.goString())} is less than or equal to "0.0.0-0"` : undefined;
  } catch (error) {
    if (error instanceof GoPanic) return `version '${version}' is not a valid SemVer`;
    throw error;
  }
}

const number = "(?:0|[1-9][0-9]*)";
const prerelease = `(?:${number}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)`;
const strictVersion = new RegExp(
  String.raw`^${number}\.${number}\.${number}(?:-${prerelease}(?:\.${prerelease})*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$`,
  "u",
);

function strictVersionFault(version: string): string | undefined {
  return strictVersion.test(version) ? undefined : `version '${version}' is not a valid SemVerV2`;
}

function maintainerFault(maintainers: readonly (Maintainer | undefined)[]): string | undefined {
  for (const one of maintainers) {
    if (one === undefined) return "a maintainer entry is empty";
    const { name, email, url } = one;
    if (name === "") return "each maintainer requires a name";
    if (email !== "" && !isEmail(email)) return `invalid email '${email}' for maintainer '${name}'`;
    if (url !== "" && !isUrl(url)) return `invalid url '${url}' for maintainer '${name}'`;
  }
  return undefined;
}

function sourceFault(sources: readonly string[]): string | undefined {
  const bad = sources.find((source) => !isRequestUrl(source));
  return bad === undefined ? undefined : `invalid source URL '${bad}'`;
}

function iconFault(icon: string): string | undefined {
  return icon === "" || isRequestUrl(icon) ? undefined : `invalid icon URL '${icon}'`;
}

function onlyInV2({ apiVersion, type, dependencies = [] }: ChartMetadata): (string | undefined)[] {
  if (apiVersion === "v2") return [];
  return [
    type === "" ? undefined : `chart type is not valid in apiVersion '${apiVersion}'. It is valid in apiVersion 'v2'`,
    dependencies.length === 0
      ? undefined
      : `dependencies are not valid in the Chart file with apiVersion '${apiVersion}'. They are valid in apiVersion 'v2'`,
  ];
}
