import { lookupAnnotation, removalBudgetAnnotation } from "../api/annotations.ts";
import type { Bundle, BundleSpec } from "../api/bundle.ts";
import type { FleetYaml } from "../api/fleet-yaml.ts";
import { fleetApiVersion } from "../api/meta.ts";
import type { BundleOptions } from "./bundle-options.ts";
import { criteriaOf } from "./criteria-of.ts";
import { derivedBundleName } from "./derive-name.ts";
import type { BundleDir } from "./find-bundle-dirs.ts";

/** Returns the spec that a fleet.yaml gives: `targets`, then `targetCustomizations`, those without a name named by position. */
export function nameTargets(yaml: FleetYaml): BundleSpec {
  const {
    name: _name,
    labels: _labels,
    annotations: _annotations,
    targetCustomizations,
    overrideTargets: _,
    imageScans: _scans,
    ...spec
  } = yaml;
  const targets = [...(yaml.targets ?? []), ...(targetCustomizations ?? [])];
  return {
    ...spec,
    targets: targets.map((target, index) =>
      (target.name ?? "") === "" ? { ...target, name: `target${String(index).padStart(3, "0")}` } : target,
    ),
  };
}

/** Returns a spec with the GitRepo's targets and options laid over it, in Fleet's order. */
export function applyOptions(spec: BundleSpec, yaml: FleetYaml, options: BundleOptions): BundleSpec {
  const override = yaml.overrideTargets?.map(criteriaOf);
  const { forceSyncGeneration: _, ...rest } = spec;
  let targets = [...(spec.targets ?? []), ...(override ?? options.targets ?? [])];
  const targetRestrictions = [
    ...(spec.targetRestrictions ?? []),
    ...(override ?? options.targetRestrictions ?? []),
  ].map(criteriaOf);
  if (targets.length === 0) targets = [{ name: "default", clusterGroup: "default" }];
  const { targetNamespace = "", serviceAccount = "", correctDrift, forceSyncGeneration = 0 } = options;
  if (targetNamespace !== "") targets = targets.map((target) => ({ ...target, namespace: targetNamespace }));
  return {
    ...rest,
    targets,
    ...(targetRestrictions.length === 0 ? {} : { targetRestrictions }),
    ...(serviceAccount === "" ? {} : { serviceAccount }),
    ...(forceSyncGeneration === 0 ? {} : { forceSyncGeneration }),
    ...(targetNamespace === "" ? {} : { namespace: targetNamespace }),
    ...(options.paused === true ? { paused: true } : {}),
    ...(options.keepResources === true ? { keepResources: true } : {}),
    ...(options.deleteNamespace === true ? { deleteNamespace: true } : {}),
    ...(correctDrift?.enabled === true ? { correctDrift } : {}),
  };
}

/** Returns the Bundle of a finished spec: name, labels and annotations of fleet.yaml over those of the GitRepo. */
export function nameBundle(
  spec: BundleSpec,
  yaml: FleetYaml,
  from: { options: BundleOptions; dir: BundleDir },
): Bundle {
  const { options, dir } = from;
  const { name = "", labels: own } = yaml;
  // A repository must not give itself what its GitRepo does not allow.
  const { [lookupAnnotation]: _lookup, [removalBudgetAnnotation]: _budget, ...said } = yaml.annotations ?? {};
  const { lookup, removalBudget } = options;
  const annotations = {
    ...said,
    ...(lookup === undefined ? {} : { [lookupAnnotation]: lookup }),
    ...(removalBudget === undefined ? {} : { [removalBudgetAnnotation]: removalBudget }),
  };
  const hasAnnotations = yaml.annotations !== undefined || Object.keys(annotations).length > 0;
  const labels = { ...options.labels, ...own };
  return {
    apiVersion: fleetApiVersion,
    kind: "Bundle",
    metadata: {
      name: name === "" ? derivedBundleName(options.name, dir) : name,
      namespace: options.namespace,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(hasAnnotations ? { annotations } : {}),
    },
    spec,
  };
}
