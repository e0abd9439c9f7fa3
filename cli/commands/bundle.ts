import type { JsonObject } from "../../codec/json-value.ts";
import { showBundle, showImageScan } from "../../shared/bundle/bundle-view.ts";
import { type Command, switchOption } from "../command.ts";
import { buildOffline, chartLines } from "../offline/build-offline.ts";
import { offlineOptions, readOfflineInput } from "../offline/offline-options.ts";
import { readFormat, report, reportOptions } from "../offline/report.ts";
import { buildFaults, buildWarnings } from "../offline/target-all.ts";
import { asJson } from "../offline/target-view.ts";
import { objectName, printColumns } from "../output.ts";

export const bundleCommand: Command = {
  name: "bundle",
  summary: "Print the bundles of a folder, without a hub",
  usage: "[PATH …]",
  examples: ["drover bundle --repo . --name config", "drover bundle --gitrepo gitrepo.yaml --rev main -o table"],
  options: {
    ...offlineOptions,
    ...reportOptions,
    output: {
      ...reportOptions.output,
      description: "yaml (default), json, table, or dir=FOLDER for FOLDER/<bundle>.yaml.",
    },
  },
  run: async (input, context) => {
    readFormat(input);
    const repository = await readOfflineInput(input, context);
    const { warnings } = repository;
    const built = await buildOffline(repository);
    const shown = built.bundles.map(({ bundle, content, imageScans }): readonly [string, readonly JsonObject[]] => [
      `${bundle.metadata.name ?? ""}.yaml`,
      [
        asJson(showBundle(bundle, content, switchOption(input, "compress"))),
        ...imageScans.map((imageScan) => asJson(showImageScan(imageScan))),
      ],
    ]);
    const documents = shown
      .flatMap(([, own]) => own)
      .toSorted((a, b) => (objectName(a) < objectName(b) ? -1 : objectName(a) > objectName(b) ? 1 : 0));
    const table = (): string =>
      printColumns(
        ["BUNDLE", "DIRECTORY", "FILES", "CHARTS"],
        built.bundles.map(({ bundle, dir, content }) => [
          bundle.metadata.name ?? "",
          dir.path === "" ? "." : dir.path,
          String(content.resources.length),
          (built.charts.get(dir.path) ?? []).map(({ chart }) => `${chart.name} ${chart.version}`).join(", "),
        ]),
      );
    for (const line of chartLines(built)) context.printError(line);
    return report(
      {
        documents,
        table,
        files: () => shown,
        warnings: [...warnings, ...buildWarnings(built)],
        faults: buildFaults(built),
      },
      input,
      context,
    );
  },
};
