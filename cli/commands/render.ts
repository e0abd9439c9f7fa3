import { resolve } from "node:path";
import { type Command, textOption, UsageError } from "../command.ts";
import { offlineOptions } from "../offline/offline-options.ts";
import { renderAll, renderOptions } from "../offline/render-all.ts";
import { report, reportFaults, reportOptions, writeFiles } from "../offline/report.ts";
import { snapshotFiles } from "../offline/snapshots.ts";
import { clusterOptions, readTargeting, targetAll } from "../offline/target-all.ts";
import { objectName, printColumns } from "../output.ts";

export const renderCommand: Command = {
  name: "render",
  summary: "Print the objects that clusters would get, without a hub",
  usage: "--clusters FILE [PATH …]",
  examples: [
    "drover render --gitrepo gitrepo.yaml --clusters clusters.yaml --cluster staging-eu",
    "drover render --gitrepo gitrepo.yaml --clusters clusters.yaml -o dir=out",
  ],
  options: {
    ...offlineOptions,
    ...clusterOptions,
    ...renderOptions,
    ...reportOptions,
    output: {
      type: "string",
      short: "o",
      value: "FORMAT",
      description: "yaml (default), json, table, or dir=FOLDER for FOLDER/<cluster>/<bundle>.yaml.",
    },
  },
  run: async (input, context) => {
    const output = textOption(input, "output") ?? "yaml";
    const folder = /^dir=(.+)$/u.exec(output)?.[1];
    if (folder === undefined && output.startsWith("dir")) throw new UsageError("write -o dir=FOLDER");
    const { repository, world } = await readTargeting(input, context);
    const targeted = await targetAll(repository, world, textOption(input, "cluster"));
    const { rendered, faults: renderFaults, notes } = await renderAll(targeted.entries, input, context);
    const { warnings } = targeted;
    for (const note of notes) context.printError(`warning: ${note}`);
    const faults = [...targeted.faults, ...renderFaults];
    if (folder !== undefined) {
      writeFiles(resolve(context.cwd, folder), snapshotFiles(rendered));
      return reportFaults({ warnings, faults }, input, context);
    }
    const rows = rendered.flatMap(({ bundle, cluster, objects }) =>
      objects.map((object) => [
        cluster,
        bundle,
        typeof object["kind"] === "string" ? object["kind"] : "",
        objectName(object),
      ]),
    );
    const table = (): string => printColumns(["CLUSTER", "BUNDLE", "KIND", "NAME"], rows);
    return report({ documents: rendered.flatMap(({ objects }) => objects), table, warnings, faults }, input, context);
  },
};
