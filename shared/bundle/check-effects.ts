import { isJsonObject } from "../../codec/json-value.ts";
import { compileRegex } from "../../helm/functions/compile-regex.ts";
import { GoPanic } from "../../helm/template/go-value.ts";
import type { ComparePatch, DeploymentOptions } from "../api/deployment-options.ts";
import type { FleetYaml } from "../api/fleet-yaml.ts";
import { scopeOfBuiltIn } from "../render/built-in-kinds.ts";
import { checkConditions, checkPatchTexts } from "./check-patch-texts.ts";
import { type ValuePath, showPath } from "./decode-lenient.ts";
import type { WarningCode } from "./warning.ts";

/** Notes a warning about the value at a path of a fleet.yaml. */
export type Warn = (code: WarningCode, path: ValuePath, message: string) => void;

/** Fields that count at the top level only (source: `options.Merge` of Fleet). */
const rootOnly = ["deleteNamespace", "deleteCRDResources", "ignore", "createNamespace"] as const;
const rootOnlyHelm = ["maxHistory", "skipSchemaValidation", "disableDependencyUpdate"] as const;

/** Switches that a target can turn on, never off. */
const switches = ["force", "atomic", "takeOwnership", "disablePreProcess", "waitForJobs", "disableDNS"] as const;

const lists = ["targets", "targetCustomizations"] as const;

/** Warns of known fields of a fleet.yaml that do nothing where they stand, or more than it looks like. */
export function checkEffects(options: FleetYaml, warn: Warn): void {
  checkRoot(options, warn);
  checkPatches(options.diff?.comparePatches, [], warn);
  checkConditions(options, warn);
  for (const list of lists) {
    for (const [index, target] of (options[list] ?? []).entries()) {
      const path: ValuePath = [list, index];
      checkTarget(options, { target, path }, warn);
      checkPatches(target.diff?.comparePatches, path, warn);
    }
  }
}

function checkRoot(options: FleetYaml, warn: Warn): void {
  const { namespace = "", defaultNamespace = "", helm } = options;
  if ((options.forceSyncGeneration ?? 0) !== 0)
    warn("FIELD_WITHOUT_EFFECT", ["forceSyncGeneration"], "forceSyncGeneration counts in the GitRepo only");
  if (namespace !== "" && defaultNamespace !== "" && namespace !== defaultNamespace) {
    const message = `defaultNamespace has no effect: every object goes to the namespace "${namespace}" because of "namespace"`;
    warn("FIELD_WITHOUT_EFFECT", ["defaultNamespace"], message);
  }
  for (const [index, { image = "" }] of (options.imageScans ?? []).entries()) {
    if (image !== "") continue;
    warn("FIELD_WITHOUT_EFFECT", ["imageScans", index], `imageScans[${index}] has no effect: it names no image`);
  }
  if (helm?.disablePreProcess === true && Object.keys(helm.templateValues ?? {}).length > 0) {
    const message = "templateValues has no effect: disablePreProcess turns off all of it";
    warn("FIELD_WITHOUT_EFFECT", ["helm", "templateValues"], message);
  }
}

function checkTarget(
  root: FleetYaml,
  { target, path }: { readonly target: DeploymentOptions; readonly path: ValuePath },
  warn: Warn,
): void {
  const count = (key: string, at: ValuePath): void =>
    warn("FIELD_WITHOUT_EFFECT", at, `${showPath(at)} has no effect: ${key} counts at the top level only`);
  for (const key of rootOnly) if (target[key] !== undefined) count(key, [...path, key]);
  for (const key of rootOnlyHelm) if (target.helm?.[key] !== undefined) count(`helm.${key}`, [...path, "helm", key]);
  for (const key of switches) {
    if (root.helm?.[key] !== true || target.helm?.[key] !== false) continue;
    const at = [...path, "helm", key];
    warn(
      "FIELD_WITHOUT_EFFECT",
      at,
      `${showPath(at)}: false has no effect: helm.${key} is on at the top level, and a target cannot turn it off`,
    );
  }
  for (const key of ["namespaceLabels", "namespaceAnnotations"] as const) {
    if (!isJsonObject(target[key]) || Object.keys(target[key]).length === 0) continue;
    const at = [...path, key];
    warn(
      "FIELD_FOR_ALL",
      at,
      `${showPath(at)} counts for all clusters of the bundle, not only for those of this entry`,
    );
  }
}

function checkPatches(patches: readonly ComparePatch[] | undefined, path: ValuePath, warn: Warn): void {
  for (const [index, patch] of (patches ?? []).entries()) {
    const at = [...path, "diff", "comparePatches", index];
    checkPatchTexts(patch, at, warn);
    const problem = problemOf(patch);
    if (problem === undefined) continue;
    warn("FIELD_WITHOUT_EFFECT", at, `${showPath(at)} ignores nothing: ${problem}`);
  }
}

/** Returns why an entry of comparePatches can match no object, undefined when it can. */
function problemOf(patch: ComparePatch): string | undefined {
  const { apiVersion = "", kind = "", namespace = "", name = "", jsonPointers = [], operations = [] } = patch;
  if (jsonPointers.length > 0 || (patch.fieldManagers ?? []).length > 0)
    return kind === "" ? 'it needs a kind ("*" for any)' : undefined;
  if (operations.length === 0) return "it has neither jsonPointers nor operations nor fieldManagers";
  const missing = Object.entries({ apiVersion, kind }).find(([, value]) => value === "")?.[0];
  if (missing !== undefined) return `operations need ${missing === "apiVersion" ? "an apiVersion" : "a kind"}`;
  const [fault] = operations.some(({ op }) => op === "ignore") ? expressionFaults(name) : [];
  if (fault !== undefined) return `its name is a regular expression, and a broken one: ${fault}`;
  if (name === "" && operations.some(({ op }) => op !== "ignore"))
    return "operations need the object's name; use jsonPointers for any name";
  if (namespace === "" && scopeOfBuiltIn(apiVersion, kind) === "Namespaced")
    return `operations need the ${kind}'s namespace; use jsonPointers for any namespace`;
  return undefined;
}

/** Returns what is wrong with a regular expression of Go, nothing for one that is right. */
function expressionFaults(expression: string): string[] {
  try {
    compileRegex(expression);
    return [];
  } catch (error) {
    if (!(error instanceof GoPanic)) throw error;
    return [error.message.replace(/^error parsing regexp: /u, "")];
  }
}
