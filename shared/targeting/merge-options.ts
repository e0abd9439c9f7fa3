import { type JsonObject, isJsonObject } from "../../codec/json-value.ts";
import type { BundleSpec } from "../api/bundle-spec.ts";
import type {
  ComparePatch,
  DeploymentOptions,
  HandlebarsOptions,
  HelmOptions,
  ValuesFrom,
} from "../api/deployment-options.ts";
import type { HealthCheck } from "../api/health-check.ts";
import type { Outcome } from "./match-targets.ts";
import { optionsOf } from "./options-of.ts";

/**
 * Returns values laid over values (Fleet: `MergeMaps`): maps are merged key by key, everything else is replaced as a
 * whole; null is a value.
 */
export function mergeValues(base: JsonObject, overlay: JsonObject): JsonObject {
  const merged: Record<string, JsonObject[string]> = { ...base };
  for (const [key, value] of Object.entries(overlay)) {
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    const next = isJsonObject(value) && isJsonObject(below) ? mergeValues(below, value) : value;
    Object.defineProperty(merged, key, { value: next, enumerable: true, writable: true, configurable: true });
  }
  return merged;
}

/**
 * Base entries in order, the last of a key replaced where custom has that key (its first entry counts), then what custom
 * has besides. "" is never equal to anything (Fleet: `merge.ByKey`).
 */
function mergeByKey<T>(base: readonly T[], custom: readonly T[], keyOf: (entry: T) => string): readonly T[] {
  const places = new Map(base.map((entry, index) => [keyOf(entry), index]));
  const merged = [...base];
  const seen = new Set<string>();
  for (const entry of custom) {
    const key = keyOf(entry);
    const place = key === "" ? undefined : places.get(key);
    if (key !== "" && seen.has(key)) continue;
    seen.add(key);
    if (place === undefined) merged.push(entry);
    else merged[place] = entry;
  }
  return merged;
}

function valuesFromKey(source: ValuesFrom): string {
  const { configMapKeyRef: map, secretKeyRef: secret } = source;
  if (map !== undefined) return `configmap|${map.namespace ?? ""}|${map.name ?? ""}|${map.key ?? ""}`;
  return secret === undefined ? "" : `secret|${secret.namespace ?? ""}|${secret.name ?? ""}|${secret.key ?? ""}`;
}

function healthCheckKey({ apiVersion = "", kind = "" }: HealthCheck): string {
  return `${apiVersion}|${kind}`;
}

function comparePatchKey(patch: ComparePatch): string {
  return `${patch.apiVersion ?? ""}|${patch.kind ?? ""}|${patch.namespace ?? ""}|${patch.name ?? ""}`;
}

/** Only the given keys, and only where they say something. */
function told<T extends object>(value: T): Partial<T> {
  const entries = Object.entries(value).filter(([, field]) => field !== undefined && field !== "" && field !== false);
  return Object.fromEntries(entries) as Partial<T>;
}

function mergeTimeout(base: number | undefined, custom: number | undefined): { timeoutSeconds?: number } {
  if (custom !== undefined && custom > 0) return { timeoutSeconds: custom };
  if (custom !== undefined && custom < 0) return { timeoutSeconds: 0 };
  return base === undefined ? {} : { timeoutSeconds: base };
}

function mergeHelm(base: HelmOptions, custom: HelmOptions): HelmOptions {
  const {
    chart,
    repo,
    version,
    releaseName,
    force,
    atomic,
    takeOwnership,
    disablePreProcess,
    waitForJobs,
    disableDNS,
  } = custom;
  const values =
    base.values === undefined || custom.values === undefined
      ? (base.values ?? custom.values)
      : mergeValues(base.values, custom.values);
  const templateValues = { ...base.templateValues, ...custom.templateValues };
  const valuesFrom = mergeByKey(base.valuesFrom ?? [], custom.valuesFrom ?? [], valuesFromKey);
  return {
    ...base,
    ...told({
      chart,
      repo,
      version,
      releaseName,
      force,
      atomic,
      takeOwnership,
      disablePreProcess,
      waitForJobs,
      disableDNS,
    }),
    ...mergeTimeout(base.timeoutSeconds, custom.timeoutSeconds),
    ...(values === undefined ? {} : { values }),
    ...(Object.keys(templateValues).length === 0 ? {} : { templateValues }),
    ...(valuesFrom.length === 0 ? {} : { valuesFrom }),
  };
}

function mergeHandlebars(base: HandlebarsOptions, custom: HandlebarsOptions): HandlebarsOptions {
  return { ...base, ...custom, values: mergeValues(base.values ?? {}, custom.values ?? {}) };
}

/**
 * Returns a target's options laid over the bundle's, field by field as Fleet does (`options.Merge`): some fields
 * replace, some add, switches can only be turned on, and some of a target do not count at all (`maxHistory`, `ignore`,
 * `deleteNamespace`, `createNamespace`, `namespaceLabels`, …).
 */
export function mergeTargetOptions(base: DeploymentOptions, custom: DeploymentOptions): DeploymentOptions {
  const { defaultNamespace, namespace, serviceAccount, keepResources, correctDrift, forceSyncGeneration = 0 } = custom;
  const downstream = mergeByKey(
    base.downstreamResources ?? [],
    custom.downstreamResources ?? [],
    (entry) => `${(entry.kind ?? "").toLowerCase()}|${entry.name ?? ""}`,
  );
  return {
    ...base,
    ...told({ defaultNamespace, namespace, serviceAccount, keepResources, correctDrift }),
    ...(custom.helm === undefined ? {} : { helm: mergeHelm(base.helm ?? {}, custom.helm) }),
    ...(custom.handlebars === undefined
      ? {}
      : { handlebars: mergeHandlebars(base.handlebars ?? {}, custom.handlebars) }),
    ...(custom.kustomize === undefined ? {} : { kustomize: { ...base.kustomize, ...told(custom.kustomize) } }),
    ...(custom.diff === undefined
      ? {}
      : {
          diff: {
            comparePatches: mergeByKey(
              base.diff?.comparePatches ?? [],
              custom.diff.comparePatches ?? [],
              comparePatchKey,
            ),
          },
        }),
    ...(custom.healthCheckExprs === undefined
      ? {}
      : { healthCheckExprs: mergeByKey(base.healthCheckExprs ?? [], custom.healthCheckExprs, healthCheckKey) }),
    ...(custom.yaml === undefined
      ? {}
      : { yaml: { overlays: [...(base.yaml?.overlays ?? []), ...(custom.yaml.overlays ?? [])] } }),
    ...(forceSyncGeneration > 0 ? { forceSyncGeneration } : {}),
    ...(downstream.length === 0 ? {} : { downstreamResources: downstream }),
  };
}

/**
 * Returns the options of a bundle for the clusters of one outcome. Namespace labels and annotations of every target
 * are in it, matching or not, as in Fleet.
 */
export function mergeOptions(spec: BundleSpec, outcome: Outcome): DeploymentOptions {
  const targets = spec.targets ?? [];
  let custom: DeploymentOptions = {};
  for (const [position, index] of outcome.layers.entries()) {
    const target = targets[index];
    if (target === undefined) continue;
    custom = position === 0 ? optionsOf(target) : mergeTargetOptions(custom, optionsOf(target));
  }
  const merged = mergeTargetOptions(optionsOf(spec), custom);
  const namespaceLabels = Object.assign({}, merged.namespaceLabels, ...targets.map((target) => target.namespaceLabels));
  const namespaceAnnotations = Object.assign(
    {},
    merged.namespaceAnnotations,
    ...targets.map((target) => target.namespaceAnnotations),
  );
  return {
    ...merged,
    ...(Object.keys(namespaceLabels).length === 0 ? {} : { namespaceLabels }),
    ...(Object.keys(namespaceAnnotations).length === 0 ? {} : { namespaceAnnotations }),
  };
}
