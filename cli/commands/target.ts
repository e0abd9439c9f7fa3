import type { JsonObject } from "../../codec/json-value.ts";
import { type Command, textOption } from "../command.ts";
import { offlineOptions } from "../offline/offline-options.ts";
import { readFormat, report, reportOptions } from "../offline/report.ts";
import { deploymentFile } from "../offline/snapshots.ts";
import { clusterOptions, readTargeting, targetAll } from "../offline/target-all.ts";
import { targetView } from "../offline/target-view.ts";
import { printColumns } from "../output.ts";

export const targetCommand: Command = {
  name: "target",
  summary: "Print which clusters get which bundles with which options, without a hub",
  usage: "--clusters FILE [PATH …]",
  examples: [
    "drover target --gitrepo gitrepo.yaml --clusters clusters.yaml",
    "drover target --targets-file targets.yaml --clusters clusters.yaml --cluster staging-eu -o table",
  ],
  options: {
    ...offlineOptions,
    ...clusterOptions,
    ...reportOptions,
    output: {
      ...reportOptions.output,
      description: "yaml (default), json, table, or dir=FOLDER for FOLDER/<cluster>/<bundle>.yaml.",
    },
  },
  run: async (input, context) => {
    readFormat(input);
    const { repository, world } = await readTargeting(input, context);
    const { entries, warnings, faults } = await targetAll(repository, world, textOption(input, "cluster"));
    const viewed = entries.map(({ assembled, entry, cluster }) => ({
      file: deploymentFile({ cluster, bundle: assembled.bundle.metadata.name ?? "" }),
      view: targetView(assembled, entry, cluster),
    }));
    const files = (): Iterable<readonly [string, readonly JsonObject[]]> =>
      viewed.map(({ file, view }) => [file, [view]]);
    const table = (): string =>
      printColumns(
        ["CLUSTER", "BUNDLE", "TARGET", "CUSTOMIZATIONS", "DEPLOYED"],
        entries.map(({ assembled, entry, cluster }) => [
          cluster,
          assembled.bundle.metadata.name ?? "",
          entry.outcome?.target ?? "-",
          entry.outcome?.customizations.join(",") ?? "",
          entry.deployment === undefined ? "no" : entry.deployment.promoted ? "yes" : "staged",
        ]),
      );
    return report({ documents: [viewed.map(({ view }) => view)], files, table, warnings, faults }, input, context);
  },
};
