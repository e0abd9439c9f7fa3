import { parseArgs } from "node:util";

import { asJson, targetView } from "../../../cli/offline/target-view.ts";
import type { JsonObject } from "../../../codec/json-value.ts";
import { AppError } from "../../../shared/errors.ts";
import { type BuiltBundles, buildBundles } from "../../../shared/bundle/build-bundles.ts";
import type { BundleOptions } from "../../../shared/bundle/bundle-options.ts";
import { commitLabel, defaultTargets } from "../../../shared/bundle/bundle-options.ts";
import type { AssembledBundle } from "../../../shared/bundle/assemble-bundle.ts";
import { showBundle, showImageScan } from "../../../shared/bundle/bundle-view.ts";
import type { ScanOptions } from "../../../shared/bundle/find-bundle-dirs.ts";
import { type Finish, type TargetEntry, targetBundle } from "../../../shared/targeting/target-bundle.ts";
import type { CaseError, FleetCase } from "./read-case.ts";

const flag = { type: "boolean", default: false } as const;
const text = { type: "string", default: "" } as const;

function readFlags(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      label: { type: "string", multiple: true, default: [] },
      commit: text,
      "target-namespace": text,
      "service-account": text,
      paused: flag,
      "keep-resources": flag,
      "delete-namespace": flag,
      "sync-generation": text,
      "correct-drift": flag,
      "correct-drift-force": flag,
      "driven-scan": flag,
      "driven-scan-sep": { type: "string", default: ":" },
      compress: flag,
      "imagescan-enabled": flag,
    },
  }).values;
}

/** What a case asks for: where bundles are searched, and what the GitRepo says about them. */
export function caseOptions({ apply, targets }: FleetCase): { scan: ScanOptions; options: BundleOptions; compress: boolean } {
  const flags = readFlags(apply.args);
  const pairs = flags.label.flatMap((list) => list.split(",")).map((pair) => pair.split("=", 2));
  const aimed = targets === undefined ? undefined : targets.length === 0 ? defaultTargets : targets;
  const bundles = apply.paths.map((path) => {
    const [base = "", options = ""] = path.split(flags["driven-scan-sep"]);
    return { base, options };
  });
  return {
    scan: flags["driven-scan"] ? { bundles } : { paths: apply.paths },
    compress: flags.compress,
    options: {
      name: apply.name,
      namespace: apply.namespace,
      labels: { ...Object.fromEntries(pairs), ...(flags.commit === "" ? {} : { [commitLabel]: flags.commit }) },
      ...(aimed === undefined ? {} : { targets: aimed, targetRestrictions: aimed }),
      targetNamespace: flags["target-namespace"],
      serviceAccount: flags["service-account"],
      paused: flags.paused,
      keepResources: flags["keep-resources"],
      deleteNamespace: flags["delete-namespace"],
      forceSyncGeneration: Number(flags["sync-generation"] || "0"),
      imageScansEnabled: flags["imagescan-enabled"],
      correctDrift: { enabled: flags["correct-drift"], force: flags["correct-drift-force"] },
    },
  };
}

/** Stage one: every bundle of the case. */
export function buildCase(fleetCase: FleetCase): BuiltBundles {
  const { scan, options } = caseOptions(fleetCase);
  return buildBundles({ tree: fleetCase.tree }, scan, options);
}

/** The failures of stage one, as error.txt names them: one for the whole run. */
export function buildErrors({ failed, faults }: BuiltBundles): CaseError[] {
  return failed.length + faults.length > 0 ? [{ phase: "apply" }] : [];
}

/** The documents of bundles.yaml. */
export function bundleDocuments(fleetCase: FleetCase, bundles: readonly AssembledBundle[]): JsonObject[] {
  const { compress } = caseOptions(fleetCase);
  return bundles.flatMap(({ bundle, content, imageScans }) => {
    const shown = asJson(showBundle(bundle, content, compress));
    return [shown, ...imageScans.map((scan) => asJson(showImageScan(scan)))];
  });
}

/** Stage two for one bundle: the entries of targets.yaml and the failures. */
export function targetCase(fleetCase: FleetCase, assembled: AssembledBundle, finish: Finish): { entries: JsonObject[]; errors: CaseError[] } {
  const bundle = assembled.bundle.metadata.name ?? "";
  try {
    const targeted = targetBundle(assembled.bundle, fleetCase.world, finish);
    const errors = targeted.flatMap((entry) =>
      entry.error === undefined ? [] : [{ phase: "target", bundle, cluster: clusterName(fleetCase, entry) }],
    );
    const entries = targeted.map((entry) => targetView(assembled, entry, clusterName(fleetCase, entry)));
    return { entries, errors };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { entries: [], errors: [{ phase: "target", bundle }] };
  }
}

/** The name of a cluster in recordings: with its namespace where a case has several. */
export function clusterName({ clusters, apply }: FleetCase, { cluster }: TargetEntry): string {
  const { name = "", namespace = "" } = cluster.metadata;
  const several = new Set(clusters.map((other) => other.namespace ?? apply.namespace)).size > 1;
  return several ? `${namespace}/${name}` : name;
}
