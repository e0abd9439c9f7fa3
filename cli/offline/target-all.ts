import { resolve } from "node:path";
import type { AssembledBundle } from "../../shared/bundle/assemble-bundle.ts";
import type { BuiltBundles } from "../../shared/bundle/build-bundles.ts";
import type { BundleWarning } from "../../shared/bundle/warning.ts";
import { AppError } from "../../shared/errors.ts";
import { targetBundle, type TargetEntry, type TargetWorld } from "../../shared/targeting/target-bundle.ts";
import { selectorFault } from "../../shared/targeting/match-selector.ts";
import { templateValues } from "../../shared/targeting/template-values.ts";
import { type CommandContext, type CommandInput, type CommandOption, textOption, UsageError } from "../command.ts";
import { buildOffline } from "./build-offline.ts";
import type { OfflineFault } from "./fault-document.ts";
import { type OfflineInput, readSettings, readTree } from "./offline-options.ts";
import { readClusters } from "./read-clusters.ts";

/** Options that say which clusters there are. */
export const clusterOptions = {
  clusters: {
    type: "string",
    value: "FILE",
    description:
      "Cluster, ClusterGroup, Namespace and BundleNamespaceMapping objects, as `kubectl get -o yaml` prints them.",
  },
  cluster: { type: "string", value: "NAME", description: "Only this cluster." },
} as const satisfies Record<string, CommandOption>;

/** One bundle on one cluster. */
export interface Targeted {
  readonly assembled: AssembledBundle;
  readonly entry: TargetEntry;
  /** Name of the cluster, `namespace/name` where the clusters lie in several. */
  readonly cluster: string;
}

/** What a repository means for the clusters of a file. */
export interface TargetedAll {
  readonly entries: readonly Targeted[];
  readonly faults: readonly OfflineFault[];
  readonly warnings: readonly BundleWarning[];
}

/** Returns the repository and the clusters that a call names. */
export async function readTargeting(
  input: CommandInput,
  context: CommandContext,
): Promise<{ readonly repository: OfflineInput; readonly world: TargetWorld }> {
  const settings = readSettings(input, context);
  const world = readWorld(input, context.cwd, settings.options.namespace);
  return { world, repository: { ...settings, tree: await readTree(input, context.cwd, textOption(input, "rev")) } };
}

/** Returns the clusters that `--clusters` and `--cluster` name; throws UsageError for none or an unknown one. */
export function readWorld(input: CommandInput, cwd: string, namespace: string): TargetWorld {
  const file = textOption(input, "clusters");
  if (file === undefined)
    throw new UsageError(
      "--clusters is missing: a file with the clusters, such as `kubectl get clusters -o yaml` prints",
    );
  const world = readClusters(resolve(cwd, file), namespace);
  const only = textOption(input, "cluster");
  const names = world.clusters.map(clusterNamer(world));
  if (only !== undefined && !names.includes(only))
    throw new UsageError(`${file} has no cluster ${only}: it has ${names.join(", ") || "none"}`);
  return world;
}

/** Returns bundles and their targets; what fails is a fault and stops nothing else. `only` leaves the other clusters out. */
export async function targetAll(
  repository: OfflineInput,
  world: TargetWorld,
  only: string | undefined,
): Promise<TargetedAll> {
  const targeted = targetBuilt(await buildOffline(repository), world, only);
  return { ...targeted, warnings: [...repository.warnings, ...targeted.warnings] };
}

/** Returns the targets of bundles as `targetAll` does, with what failed and was warned of while building them. */
export function targetBuilt(built: BuiltBundles, world: TargetWorld, only: string | undefined): TargetedAll {
  const nameOf = clusterNamer(world);
  const faults: OfflineFault[] = [...buildFaults(built)];
  const entries: Targeted[] = [];
  for (const assembled of built.bundles) {
    const bundle = assembled.bundle.metadata.name ?? "";
    try {
      for (const entry of targetBundle(assembled.bundle, world, templateValues)) {
        const cluster = nameOf(entry.cluster);
        if (only !== undefined && only !== cluster) continue;
        if (entry.error !== undefined) faults.push({ phase: "target", bundle, cluster, error: entry.error });
        entries.push({ assembled, entry, cluster });
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      faults.push({ phase: "target", bundle, error });
    }
  }
  return { entries, faults, warnings: [...buildWarnings(built), ...groupWarnings(world)] };
}

/** Groups whose selector is faulty have no clusters; Fleet says so in a log only. */
function groupWarnings({ groups }: TargetWorld): BundleWarning[] {
  return groups.flatMap(({ metadata, spec }) => {
    const fault = spec?.selector === undefined ? undefined : selectorFault(spec.selector);
    if (fault === undefined) return [];
    const message = `ClusterGroup ${metadata.name ?? ""} has no clusters: ${fault.message}`;
    return [{ code: "FIELD_WITHOUT_EFFECT", message, position: {} }];
  });
}

/** Returns what could not be built, as faults of the phase `apply`. */
export function buildFaults({ failed, faults }: BuiltBundles): OfflineFault[] {
  return [
    ...faults.map(({ error }): OfflineFault => ({ phase: "apply", error })),
    ...failed.map(({ name, error }): OfflineFault => ({ phase: "apply", bundle: name, error })),
  ];
}

/** Returns all warnings of a build, also those of directories that failed. */
export function buildWarnings({ warnings, bundles, failed }: BuiltBundles): BundleWarning[] {
  return [...warnings, ...[...bundles, ...failed].flatMap((result) => result.warnings)];
}

/** Returns a function that says how a cluster is called among the others: its name, `namespace/name` where they lie in several. */
export function clusterNamer({ clusters }: TargetWorld): (cluster: TargetWorld["clusters"][number]) => string {
  const several = new Set(clusters.map(({ metadata }) => metadata.namespace)).size > 1;
  return ({ metadata: { name = "", namespace = "" } }) => (several ? `${namespace}/${name}` : name);
}
