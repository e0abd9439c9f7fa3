import { placeCharts } from "../chart/chart.ts";
import { fromBytes } from "../template/go-string.ts";
import type { ChartFolder } from "./chart-folder.ts";
import { loadOrFault } from "./dependency-rules.ts";
import { findings, type LintMessage } from "./lint-message.ts";
import { readManifestHeads } from "./manifest-heads.ts";

const folderName = "crds/";

/** Returns what in crds/ is no definition of a kind (Helm: `rules.Crds`). */
export function crdRules(folder: ChartFolder): LintMessage[] {
  const entry = folder.find("crds");
  if (entry === undefined) return [];
  if (entry.kind === "file") return findings("ERROR", folderName, ["not a directory"]);
  const chart = loadOrFault(folder);
  if (typeof chart === "string") return findings("ERROR", folderName, [chart]);
  const messages: LintMessage[] = [];
  for (const { name, data } of placeCharts(chart).flatMap((placed) => placed.chart.files)) {
    if (!name.startsWith(folderName) || !/\.(?:ya?ml|json)$/iu.test(name)) continue;
    const { heads, fault } = readManifestHeads(fromBytes(data));
    for (const { apiVersion, kind } of heads) {
      messages.push(
        ...findings("ERROR", name, [
          apiVersion.startsWith("apiextensions.k8s.io") ? undefined : "apiVersion is not in 'apiextensions.k8s.io'",
          kind === "CustomResourceDefinition" ? undefined : "object kind is not 'CustomResourceDefinition'",
        ]),
      );
    }
    // Helm reads no further file then.
    if (fault !== undefined) return [...messages, ...findings("ERROR", name, [`unable to parse YAML: ${fault}`])];
  }
  return messages;
}
