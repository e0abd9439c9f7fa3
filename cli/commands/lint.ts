import type { BuiltBundles } from "../../shared/bundle/build-bundles.ts";
import type { BundleWarning } from "../../shared/bundle/warning.ts";
import { type Command, type CommandContext, type CommandInput, textOption, UsageError } from "../command.ts";
import { buildOffline } from "../offline/build-offline.ts";
import type { OfflineFault } from "../offline/fault-document.ts";
import { type Finding, findingsOf, printPlace } from "../offline/findings.ts";
import { offlineOptions, readOfflineInput } from "../offline/offline-options.ts";
import { renderAll, renderOptions } from "../offline/render-all.ts";
import { errorsOption, unknownFormat, writeFaults } from "../offline/report.ts";
import { buildFaults, buildWarnings, clusterOptions, readWorld, targetBuilt } from "../offline/target-all.ts";
import { printColumns, printValue } from "../output.ts";

export const lintCommand: Command = {
  name: "lint",
  summary:
    "Check a repository: what cannot be deployed, and what is silently without effect, with file, line and column",
  usage: "[PATH …]",
  examples: [
    "drover lint",
    "drover lint --gitrepo gitrepo.yaml --strict",
    "drover lint --gitrepo gitrepo.yaml --clusters clusters.yaml -o json",
  ],
  options: {
    ...offlineOptions,
    ...clusterOptions,
    clusters: {
      type: "string",
      value: "FILE",
      description:
        "Also render for these clusters (as `kubectl get clusters -o yaml` prints them) and show what fails.",
    },
    "kube-version": renderOptions["kube-version"],
    strict: { type: "boolean", description: "Warnings make it fail too, as where the GitRepo is strict." },
    output: { type: "string", short: "o", value: "FORMAT", description: "text (default), table, yaml or json." },
    ...errorsOption,
  },
  run: async (input, context) => {
    const print = printerOf(textOption(input, "output") ?? "text");
    if (textOption(input, "cluster") !== undefined && textOption(input, "clusters") === undefined)
      throw new UsageError("--cluster needs --clusters FILE");
    const repository = await readOfflineInput(input, context);
    // Each warning is shown in its place, and not once more as an error.
    const { strict = false } = repository.options;
    const built = await buildOffline({ ...repository, options: { ...repository.options, strict: false } });
    const deployed = await renderFindings({ built, namespace: repository.options.namespace }, input, context);
    const faults = [...buildFaults(built), ...deployed.faults];
    const findings = findingsOf(
      faults,
      [...repository.warnings, ...buildWarnings(built), ...deployed.warnings],
      [...repository.later, ...built.bundles.flatMap((bundle) => bundle.later)],
    );
    const text = print(findings);
    if (text !== "") context.print(text);
    const errors = findings.filter(({ level }) => level === "error").length;
    const warnings = findings.filter(({ level }) => level === "warning").length;
    writeFaults(faults, input, context);
    context.printError(`bundles: ${built.bundles.length}, errors: ${errors}, warnings: ${warnings}`);
    return errors > 0 || (warnings > 0 && strict) ? 1 : 0;
  },
};

/** Returns what fails, or is left out, while targeting and rendering, when clusters are given. */
async function renderFindings(
  { built, namespace }: { readonly built: BuiltBundles; readonly namespace: string },
  input: CommandInput,
  context: CommandContext,
): Promise<{ readonly faults: readonly OfflineFault[]; readonly warnings: readonly BundleWarning[] }> {
  if (textOption(input, "clusters") === undefined) return { faults: [], warnings: [] };
  const world = readWorld(input, context.cwd, namespace);
  const { entries, faults } = targetBuilt(built, world, textOption(input, "cluster"));
  const rendered = await renderAll({ entries }, input, context);
  return {
    faults: [...faults.filter(({ phase }) => phase !== "apply"), ...rendered.faults],
    warnings: rendered.warnings,
  };
}

function printerOf(format: string): (findings: readonly Finding[]) => string {
  switch (format) {
    case "text":
      return (findings) => findings.map(textOf).join("\n");
    case "table":
      return (findings) => printColumns(["PLACE", "LEVEL", "CODE", "MESSAGE"], findings.map(rowOf));
    case "yaml":
    case "json":
      return (findings) =>
        printValue(
          findings.map((finding) => ({ ...finding })),
          format,
        );
    default:
      throw unknownFormat(format, "text, table, yaml or json");
  }
}

function rowOf(finding: Finding): readonly string[] {
  return [printPlace(finding), finding.level, finding.code, aboutOf(finding) + finding.message];
}

function textOf(finding: Finding): string {
  const place = printPlace(finding);
  return `${place === "" ? "" : `${place}: `}${finding.level}: ${aboutOf(finding)}${finding.message} (${finding.code})`;
}

/** Names bundle and cluster where a finding has no place in a file that would tell. */
function aboutOf({ bundle, cluster, file }: Finding): string {
  const parts = [file === undefined ? bundle : undefined, cluster].filter((part) => part !== undefined);
  return parts.length === 0 ? "" : `${parts.join(" on ")}: `;
}
