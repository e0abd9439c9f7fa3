import { type Command, textOption } from "../command.ts";
import { offlineOptions } from "../offline/offline-options.ts";
import { report, reportOptions } from "../offline/report.ts";
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
  options: { ...offlineOptions, ...clusterOptions, ...reportOptions },
  run: async (input, context) => {
    const { repository, world } = await readTargeting(input, context);
    const { entries, warnings, faults } = await targetAll(repository, world, textOption(input, "cluster"));
    const views = entries.map(({ assembled, entry, cluster }) => targetView(assembled, entry, cluster));
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
    return report({ documents: [views], table, warnings, faults }, input, context);
  },
};
