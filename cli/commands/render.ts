import { type Command, textOption } from "../command.ts";
import { offlineOptions } from "../offline/offline-options.ts";
import { renderAll, renderOptions } from "../offline/render-all.ts";
import { readFormat, report, reportOptions } from "../offline/report.ts";
import { deploymentFile } from "../offline/snapshots.ts";
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
      ...reportOptions.output,
      description: "yaml (default), json, table, or dir=FOLDER for FOLDER/<cluster>/<bundle>.yaml.",
    },
  },
  run: async (input, context) => {
    readFormat(input);
    const { repository, world } = await readTargeting(input, context);
    const targeted = await targetAll(repository, world, textOption(input, "cluster"));
    const wanted = { entries: targeted.entries, strict: repository.options.strict };
    const { rendered, faults, warnings, notes } = await renderAll(wanted, input, context);
    for (const note of notes) context.printError(`warning: ${note}`);
    const table = (): string =>
      printColumns(
        ["CLUSTER", "BUNDLE", "KIND", "NAME"],
        rendered.flatMap(({ bundle, cluster, objects }) =>
          objects.map((object) => [
            cluster,
            bundle,
            typeof object["kind"] === "string" ? object["kind"] : "",
            objectName(object),
          ]),
        ),
      );
    return report(
      {
        documents: rendered.flatMap(({ objects }) => objects),
        table,
        files: () => rendered.map((deployment) => [deploymentFile(deployment), deployment.objects]),
        warnings: [...targeted.warnings, ...warnings],
        faults: [...targeted.faults, ...faults],
      },
      input,
      context,
    );
  },
};
