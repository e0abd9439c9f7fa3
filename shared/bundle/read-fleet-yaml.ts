import { CodecError } from "../../codec/codec-error.ts";
import type { JsonValue } from "../../codec/json-value.ts";
import type { YamlDocument } from "../../codec/parse-yaml.ts";
import type { TextPosition } from "../../codec/text-position.ts";
import { type FleetYaml, fleetYamlSchema } from "../api/fleet-yaml.ts";
import { AppError, type SourcePosition } from "../errors.ts";
import { type DecodeNotes, type UnknownKey, type ValuePath, decodeLenient, showPath } from "./decode-lenient.ts";
import { locateValue } from "./locate-value.ts";
import { readFirstDocument } from "./read-first-document.ts";
import { suggestKey } from "./suggest-key.ts";
import { findRuleFaults } from "./check-health-rules.ts";
import { checkFleetYaml, validateFleetYaml } from "./check-fleet-yaml.ts";
import { checkWordKeys } from "./check-word-keys.ts";
import type { BundleWarning } from "./warning.ts";

/** Says where a value of the file stands; the nearest place known. */
export type Locate = (path: ValuePath) => SourcePosition;

/** A fleet.yaml as Fleet reads it, and everything that Fleet swallows while reading. */
export interface FleetYamlReading {
  readonly options: FleetYaml;
  readonly warnings: readonly BundleWarning[];
  readonly locate: Locate;
}

/** Entries whose fields sit directly in Fleet's struct: there, numbers and booleans become text (source: ghodss/yaml). */
const coercedLists = new Set(["targetcustomizations", "overridetargets"]);
const coercedFields = new Set(
  [
    "name",
    "clusterName",
    "clusterGroup",
    "clusterSelector",
    "clusterGroupSelector",
    "namespaceLabels",
    "namespaceAnnotations",
  ].map((field) => field.toLowerCase()),
);

function coerces([list, index, field]: ValuePath): boolean {
  if (typeof list !== "string" || typeof index !== "number" || typeof field !== "string") return false;
  if (list.toLowerCase() === "imagescans") return field.toLowerCase() === "name";
  return coercedLists.has(list.toLowerCase()) && coercedFields.has(field.toLowerCase());
}

function invalid(problems: readonly string[], position: SourcePosition): AppError {
  const at =
    position.line === undefined
      ? (position.file ?? "")
      : `${position.file ?? ""}:${position.line}:${position.column ?? 1}`;
  return new AppError("FLEET_YAML_INVALID", `${at}: ${problems.join("; ")}`, { verdict: "stalled", position });
}

/**
 * Returns a fleet.yaml read as Fleet reads it: YAML 1.1, first document only, last of duplicate keys, keys without regard
 * to case, unknown keys ignored – and a warning for everything ignored. Throws FLEET_YAML_INVALID with file, line and
 * column for what Fleet refuses too: bad syntax, wrong types, invalid `dependsOn`.
 */
export function readFleetYaml(text: string, file: string): FleetYamlReading {
  try {
    const { document, next } = readFirstDocument(text, file);
    const locate: Locate = (path) => locateValue(document, path, file);
    const value: JsonValue = document?.value ?? {};
    const decoded = decodeLenient(fleetYamlSchema, value, { coerces });
    if (decoded.faults.length > 0) {
      throw invalid(
        decoded.faults.map((fault) => `${fault.message} (line ${locate(fault.path).line ?? 1})`),
        locate(decoded.faults[0]?.path ?? []),
      );
    }
    const options = fleetYamlSchema.parse(decoded.value ?? {});
    for (const fault of validateFleetYaml(options)) throw invalid([fault.message], locate(fault.path));
    const [first, ...others] = findRuleFaults(options, { text, locate });
    if (first !== undefined)
      throw invalid(
        [first, ...others].map(({ message }) => message),
        first.position,
      );
    const warnings = [
      ...documentWarnings(document, next, file),
      ...unknownWarnings(decoded, locate),
      ...decoded.repeated.map((path) => repeatedWarning(path, locate)),
      ...checkFleetYaml(options, locate),
      ...checkWordKeys(options, { text, locate }),
    ];
    return { options, warnings, locate };
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    throw new AppError("FLEET_YAML_INVALID", error.message, {
      verdict: "stalled",
      position: { file, line: error.line, column: error.column },
      cause: error,
    });
  }
}

function documentWarnings(
  document: YamlDocument | undefined,
  next: TextPosition | undefined,
  file: string,
): BundleWarning[] {
  const warnings: BundleWarning[] = (document?.duplicateKeys ?? []).map(({ path, line, column }) => ({
    code: "KEY_DUPLICATE",
    message: `"${showPath(path)}" stands here a second time; only this one counts`,
    position: { file, line, column },
  }));
  if (next !== undefined) {
    const message =
      "only the first YAML document is read, this one and what follows is not; give it a directory of its own, or merge it into the first";
    warnings.push({ code: "DOCUMENT_IGNORED", message, position: { file, ...next } });
  }
  return warnings;
}

function repeatedWarning(path: ValuePath, locate: Locate): BundleWarning {
  const message = `"${showPath(path)}" sets what another key in other letter case sets, too; this one counts: leave the other out`;
  return { code: "KEY_DUPLICATE", message, position: locate(path) };
}

function unknownWarnings(notes: DecodeNotes, locate: Locate): BundleWarning[] {
  const isObject = ["apiVersion", "kind"].every((key) =>
    notes.unknown.some(({ path }) => path.length === 1 && path[0] === key),
  );
  if (isObject) {
    const message = "this is a Kubernetes object in a file for options: it is never deployed; rename the file";
    return [{ code: "KEY_UNKNOWN", message, position: locate(["kind"]) }];
  }
  return notes.unknown.map((unknown) => unknownWarning(unknown, locate));
}

function unknownWarning(unknown: UnknownKey, locate: Locate): BundleWarning {
  const { path, value, known } = unknown;
  const position = locate(path);
  const key = String(path.at(-1));
  if (known.includes("matchLabels") && typeof value !== "object") {
    const selector = showPath(path.slice(0, -1));
    const message = `"${key}" has no effect here: put it under ${selector}.matchLabels; as it stands the selector ignores it, and an empty one matches everything`;
    return { code: "SELECTOR_MATCHES_ALL", message, position };
  }
  if (String(path[0]).toLowerCase() === "overridetargets" && key.toLowerCase() === "donotdeploy") {
    const message = `doNotDeploy has no effect in overrideTargets: these clusters do get the bundle; put the entry into targetCustomizations`;
    return { code: "FIELD_WITHOUT_EFFECT", message, position };
  }
  const hint = suggestKey(path, known);
  return {
    code: "KEY_UNKNOWN",
    message: `unknown key "${showPath(path)}" has no effect${hint === "" ? "" : `; ${hint}`}`,
    position,
  };
}
