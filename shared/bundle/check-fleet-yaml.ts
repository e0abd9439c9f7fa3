import { bundleStates } from "../api/bundle-spec.ts";
import type { GitTarget } from "../api/bundle-target.ts";
import type { HelmOptions } from "../api/deployment-options.ts";
import type { FleetYaml } from "../api/fleet-yaml.ts";
import type { SourcePosition } from "../errors.ts";
import { isDuration } from "../duration.ts";
import { type Warn, checkEffects } from "./check-effects.ts";
import { checkMetadata } from "./check-metadata.ts";
import type { TypeFault, ValuePath } from "./decode-lenient.ts";
import { shellVariables } from "./shell-variables.ts";
import { closestWord } from "./suggest-key.ts";
import type { BundleWarning, WarningCode } from "./warning.ts";

/**
 * Returns what Fleet refuses although the types are right: `dependsOn` entries that say nothing, an unknown state, an
 * interval of an image scan that is no duration.
 */
export function validateFleetYaml(options: FleetYaml): TypeFault[] {
  return [...dependencyFaults(options), ...intervalFaults(options)];
}

function intervalFaults(options: FleetYaml): TypeFault[] {
  return (options.imageScans ?? []).flatMap(({ interval }, index) => {
    if (interval === undefined || isDuration(interval)) return [];
    return [
      {
        path: ["imageScans", index, "interval"],
        message: `imageScans[${index}].interval "${interval}" is no duration such as 15m`,
      },
    ];
  });
}

function dependencyFaults(options: FleetYaml): TypeFault[] {
  return (options.dependsOn ?? []).flatMap((entry, index) => {
    const path: ValuePath = ["dependsOn", index];
    if ((entry.name ?? "") === "" && entry.selector === undefined) {
      return [
        { path, message: `dependsOn[${index}] must specify either "name" or "selector" (with matchLabels in it)` },
      ];
    }
    const states: readonly string[] = bundleStates;
    return (entry.acceptedStates ?? []).flatMap((state, position) =>
      states.includes(state)
        ? []
        : [
            {
              path: [...path, "acceptedStates", position],
              message: `dependsOn[${index}].acceptedStates[${position}]: "${state}" is no state; states are ${states.toReversed().join(", ")}`,
            },
          ],
    );
  });
}

/** Returns warnings about a fleet.yaml that is valid but hardly means what it says. */
export function checkFleetYaml(options: FleetYaml, locate: (path: ValuePath) => SourcePosition): BundleWarning[] {
  const warnings: BundleWarning[] = [];
  const warn = (code: WarningCode, path: ValuePath, message: string): void => {
    warnings.push({ code, message, position: locate(path) });
  };
  checkMetadata(options, warn);
  checkMode(options, warn);
  for (const list of ["targets", "targetCustomizations", "overrideTargets"] as const) {
    for (const [index, entry] of (options[list] ?? []).entries()) {
      if (!hasCriterion(entry)) {
        warn(
          "CLUSTER_FIELD_MISSING",
          [list, index],
          `${list}[${index}] names no cluster, group or selector and so matches nothing`,
        );
      }
    }
  }
  if (options.targets !== undefined) {
    warn(
      "FIELD_WITHOUT_EFFECT",
      ["targets"],
      `"targets" chooses no clusters here: its entries are read as targetCustomizations; use overrideTargets to choose`,
    );
  }
  checkShadowed(options, warn);
  checkEffects(options, warn);
  checkHelm(options, warn);
  return warnings;
}

/** Returns whether an entry says at all which clusters it means; one that does not matches nothing. */
export function hasCriterion(entry: GitTarget): boolean {
  const { clusterName = "", clusterGroup = "", clusterSelector, clusterGroupSelector } = entry;
  return (
    clusterName !== "" || clusterGroup !== "" || clusterSelector !== undefined || clusterGroupSelector !== undefined
  );
}

function checkMode(options: FleetYaml, warn: Warn): void {
  const mode = options.targetCustomizationMode ?? "";
  if (["", "FirstMatch", "AllMatches"].includes(mode)) return;
  const near = closestWord(mode, ["FirstMatch", "AllMatches"]);
  warn(
    "VALUE_UNKNOWN",
    ["targetCustomizationMode"],
    `targetCustomizationMode "${mode}" is unknown and works as FirstMatch${near === undefined ? "" : `; did you mean "${near}"?`}`,
  );
}

/** Only an entry with nothing but an empty clusterSelector is sure to match every cluster. */
function matchesEverything(entry: GitTarget): boolean {
  const { clusterSelector: selector, clusterName = "", clusterGroup = "", clusterGroupSelector } = entry;
  const empty =
    Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0;
  return (
    selector !== undefined && empty && clusterName === "" && clusterGroup === "" && clusterGroupSelector === undefined
  );
}

function checkShadowed(options: FleetYaml, warn: Warn): void {
  if (options.targetCustomizationMode === "AllMatches") return;
  const entries = options.targetCustomizations ?? [];
  const first = entries.findIndex(matchesEverything);
  if (first < 0 || first === entries.length - 1) return;
  const message = `targetCustomizations[${first}] matches every cluster, so that the entries after it never count; put it last`;
  warn("TARGET_SHADOWED", ["targetCustomizations", first], message);
}

function checkHelm(options: FleetYaml, warn: Warn): void {
  const { helm } = options;
  if ((helm?.valuesFiles ?? []).length > 0 && (helm?.chart ?? "") === "" && (helm?.repo ?? "") === "") {
    const message =
      "valuesFiles is only read when chart or repo is set; the files are left out of the bundle all the same";
    warn("FIELD_WITHOUT_EFFECT", ["helm", "valuesFiles"], message);
  }
  checkTemplates(options, warn);
}

/** What is off at the top is off for every target, too. */
function checkTemplates(options: FleetYaml, warn: Warn): void {
  if (options.helm?.disablePreProcess === true) return;
  const entries: { readonly helm: HelmOptions | undefined; readonly path: ValuePath }[] = [
    { helm: options.helm, path: ["helm"] },
    ...(["targets", "targetCustomizations"] as const).flatMap((list) =>
      (options[list] ?? []).map(({ helm }, index) => ({ helm, path: [list, index, "helm"] })),
    ),
  ];
  for (const { helm, path } of entries) {
    if (helm === undefined || helm.disablePreProcess === true) continue;
    for (const key of ["values", "templateValues"] as const) {
      for (const { message, path: at } of shellVariables(helm[key] ?? null, [...path, key]))
        warn("TEMPLATE_SUSPECT", at, message);
    }
  }
}
