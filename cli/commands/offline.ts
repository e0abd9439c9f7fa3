import { resolve } from "node:path";
import { printGoYaml } from "../../codec/print-go-yaml.ts";
import type { AssembledBundle } from "../../shared/bundle/assemble-bundle.ts";
import { buildBundles } from "../../shared/bundle/build-bundles.ts";
import { showBundle, showImageScan } from "../../shared/bundle/bundle-view.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import { factsOf, targetBundle, type TargetEntry, type TargetWorld } from "../../shared/targeting/target-bundle.ts";
import { templateValues } from "../../shared/targeting/template-values.ts";
import {
  type Command,
  type CommandContext,
  type CommandInput,
  switchOption,
  textOption,
  UsageError,
} from "../command.ts";
import type { OfflineFault } from "../offline/fault-document.ts";
import { offlineOptions, readOfflineInput } from "../offline/offline-options.ts";
import { readClusters } from "../offline/read-clusters.ts";
import { renderDeployment } from "../offline/render-deployment.ts";
import { report, reportFaults, reportOptions, writeFiles } from "../offline/report.ts";
import { asJson, targetView } from "../offline/target-view.ts";
import { printColumns } from "../output.ts";

const clusterOptions = {
  clusters: {
    type: "string",
    value: "FILE",
    description:
      "Cluster, ClusterGroup, Namespace and BundleNamespaceMapping objects, as `kubectl get -o yaml` prints them.",
  },
  cluster: { type: "string", value: "NAME", description: "Only this cluster." },
} as const;

export const bundleCommand: Command = {
  name: "bundle",
  summary: "Print the bundles of a folder, without a hub",
  usage: "[PATH …]",
  examples: ["drover bundle --repo . --name config", "drover bundle --gitrepo gitrepo.yaml --rev main -o table"],
  options: {
    ...offlineOptions,
    ...reportOptions,
    compress: { type: "boolean", description: "Mark every resource as Fleet stores it compressed." },
  },
  run: async (input, context) => {
    const { tree, scan, options } = await readOfflineInput(input, context);
    const built = buildBundles({ tree }, scan, options);
    const documents = built.bundles.flatMap(({ bundle, content, imageScans }) => [
      asJson(showBundle(bundle, content, switchOption(input, "compress"))),
      ...imageScans.map((imageScan) => asJson(showImageScan(imageScan))),
    ]);
    const table = (): string =>
      printColumns(
        ["BUNDLE", "DIRECTORY", "FILES"],
        built.bundles.map(({ bundle, dir, content }) => [
          bundle.metadata.name ?? "",
          dir.path === "" ? "." : dir.path,
          String(content.resources.length),
        ]),
      );
    return report(
      {
        documents,
        table,
        warnings: [...built.warnings, ...built.bundles.flatMap(({ warnings }) => warnings)],
        faults: buildFaults(built),
      },
      input,
      context,
    );
  },
};

export const targetCommand: Command = {
  name: "target",
  summary: "Print which clusters get which bundles with which options, without a hub",
  usage: "--clusters FILE [PATH …]",
  examples: [
    "drover target --clusters clusters.yaml",
    "drover target --clusters clusters.yaml --cluster staging-eu -o table",
  ],
  options: { ...offlineOptions, ...clusterOptions, ...reportOptions },
  run: async (input, context) => {
    const { entries, warnings, faults } = await targetAll(input, context);
    const documents = entries.map(({ assembled, entry, cluster }) => targetView(assembled, entry, cluster));
    const table = (): string =>
      printColumns(
        ["CLUSTER", "BUNDLE", "TARGET", "CUSTOMIZATIONS", "DEPLOYED"],
        entries.map(({ assembled, entry, cluster }) => [
          cluster,
          assembled.bundle.metadata.name ?? "",
          entry.outcome?.target ?? "-",
          entry.outcome?.customizations.join(",") ?? "",
          entry.deployment === undefined ? "no" : "yes",
        ]),
      );
    return report({ documents, table, warnings, faults }, input, context);
  },
};

export const renderCommand: Command = {
  name: "render",
  summary: "Print the objects that clusters would get, without a hub",
  usage: "--clusters FILE [PATH …]",
  examples: [
    "drover render --clusters clusters.yaml --cluster staging-eu",
    "drover render --clusters clusters.yaml -o dir=out",
  ],
  options: {
    ...offlineOptions,
    ...clusterOptions,
    ...reportOptions,
    output: {
      type: "string",
      short: "o",
      value: "FORMAT",
      description: "yaml (default), json, table, or dir=FOLDER for FOLDER/<cluster>/<bundle>.yaml.",
    },
    "kube-version": { type: "string", value: "VERSION", description: "Kubernetes version assumed. Default v1.36.0." },
    "fleet-marks": { type: "boolean", description: "Add the label and annotation that Fleet's own output has." },
  },
  run: async (input, context) => {
    const { entries, warnings, faults } = await targetAll(input, context);
    const all: OfflineFault[] = [...faults];
    const rendered = [];
    for (const { assembled, entry, cluster } of entries) {
      const { deployment } = entry;
      if (deployment === undefined) continue;
      const bundle = assembled.bundle.metadata.name ?? "";
      try {
        const objects = await renderDeployment({
          assembled,
          options: deployment.options,
          facts: factsOf(entry.cluster),
          kubeVersion: textOption(input, "kube-version") ?? "v1.36.0",
          fleetMarks: switchOption(input, "fleet-marks"),
          path: context.env["PATH"] ?? "",
        });
        rendered.push({ bundle, cluster, objects: objects.map(asJson) });
      } catch (error) {
        all.push({ phase: "deploy", bundle, cluster, error: toAppError(error) });
      }
    }
    const folder = textOption(input, "output")?.match(/^dir=(.+)$/u)?.[1];
    if (folder !== undefined) {
      const files = rendered.map(
        ({ bundle, cluster, objects }) =>
          [
            `${cluster}/${bundle}.yaml`,
            objects.length === 0 ? "# no objects\n" : objects.map(printGoYaml).join("---\n"),
          ] as const,
      );
      writeFiles(resolve(context.cwd, folder), new Map(files));
      return reportFaults({ warnings, faults: all }, input, context);
    }
    const rows = rendered.flatMap(({ bundle, cluster, objects }) =>
      objects.map(({ kind, metadata }) => [cluster, bundle, typeof kind === "string" ? kind : "", nameOf(metadata)]),
    );
    const table = (): string => printColumns(["CLUSTER", "BUNDLE", "KIND", "NAME"], rows);
    return report(
      { documents: rendered.flatMap(({ objects }) => objects), table, warnings, faults: all },
      input,
      context,
    );
  },
};

interface Targeted {
  readonly assembled: AssembledBundle;
  readonly entry: TargetEntry;
  readonly cluster: string;
}

async function targetAll(input: CommandInput, context: CommandContext) {
  const file = textOption(input, "clusters");
  if (file === undefined)
    throw new UsageError(
      "--clusters is missing: a file with the clusters, such as `kubectl get clusters -o yaml` prints",
    );
  const { tree, scan, options } = await readOfflineInput(input, context);
  const world = readClusters(resolve(context.cwd, file), options.namespace);
  const built = buildBundles({ tree }, scan, options);
  const faults: OfflineFault[] = [...buildFaults(built)];
  const entries: Targeted[] = [];
  const only = textOption(input, "cluster");
  for (const assembled of built.bundles) {
    const bundle = assembled.bundle.metadata.name ?? "";
    try {
      for (const entry of targetBundle(assembled.bundle, world, templateValues)) {
        const cluster = clusterName(world, entry);
        if (only !== undefined && only !== cluster) continue;
        if (entry.error !== undefined) faults.push({ phase: "target", bundle, cluster, error: entry.error });
        entries.push({ assembled, entry, cluster });
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      faults.push({ phase: "target", bundle, error });
    }
  }
  return { entries, faults, warnings: [...built.warnings, ...built.bundles.flatMap(({ warnings }) => warnings)] };
}

function buildFaults({ failed, faults }: ReturnType<typeof buildBundles>): OfflineFault[] {
  return [
    ...faults.map(({ error }): OfflineFault => ({ phase: "apply", error })),
    ...failed.map(({ name, error }): OfflineFault => ({ phase: "apply", bundle: name, error })),
  ];
}

/** The name of a cluster: with its namespace where there are several. */
function clusterName({ clusters }: TargetWorld, { cluster }: TargetEntry): string {
  const { name = "", namespace = "" } = cluster.metadata;
  return new Set(clusters.map(({ metadata }) => metadata.namespace)).size > 1 ? `${namespace}/${name}` : name;
}

function nameOf(metadata: unknown): string {
  return typeof metadata === "object" && metadata !== null && "name" in metadata ? String(metadata.name) : "";
}
