import { dirname, join, resolve } from "node:path";
import { type Command, type CommandInput, switchOption, textOption, UsageError } from "../command.ts";
import { checkTests, type RenderedWorld, type TestResult, unexpectedFaults } from "../offline/check-tests.ts";
import { faultLine, type OfflineFault } from "../offline/fault-document.ts";
import { chartOptions } from "../offline/offline-charts.ts";
import { offlineOptions } from "../offline/offline-options.ts";
import { readInputDocument } from "../offline/read-input-file.ts";
import { renderAll, renderOptions } from "../offline/render-all.ts";
import { errorsOption, unknownFormat, writeFaults } from "../offline/report.ts";
import { compareSnapshots, writeSnapshots } from "../offline/snapshots.ts";
import { clusterNamer, readTargeting, targetAll } from "../offline/target-all.ts";
import { asJson } from "../offline/target-view.ts";
import { type TestFile, testFileSchema } from "../offline/test-file.ts";
import { printColumns, printValue } from "../output.ts";

const defaultFile = "drover-test.yaml";

export const testCommand: Command = {
  name: "test",
  summary: "Check what clusters would get against expectations kept in the repository",
  usage: "[FILE]",
  examples: ["drover test", "drover test tests/production.yaml", "drover test --update", "drover test -o json"],
  options: {
    rev: {
      type: "string",
      value: "REVISION",
      description: "A branch, tag or commit of the clone instead of its files as they are.",
    },
    update: { type: "boolean", description: "Write the snapshots as they are now, then check the tests." },
    "kube-version": renderOptions["kube-version"],
    strict: offlineOptions.strict,
    ...chartOptions,
    output: { type: "string", short: "o", value: "FORMAT", description: "text (default), table, yaml or json." },
    ...errorsOption,
  },
  run: async (input, context) => {
    const format = textOption(input, "output") ?? "text";
    const print = printerOf(format);
    const path = resolve(context.cwd, input.arguments[0] ?? defaultFile);
    const file = readInputDocument(testFileSchema, path, "test file");
    const folder = dirname(path);
    if (switchOption(input, "update") && file.snapshots === undefined)
      throw new UsageError(`--update writes snapshots, and ${path} has no \`snapshots: FOLDER\``);
    const world = await renderWorld(offlineInput(input, file, folder), context);
    const tests = file.tests ?? [];
    const results = [...checkTests(tests, world), ...snapshotResult(file, folder, { world, input })];
    const faults = unexpectedFaults(tests, world);
    const failed = results.filter(({ failures }) => failures.length > 0).length;
    const text = print(results, faults);
    if (text !== "") context.print(text);
    writeFaults(faults, input, context);
    for (const fault of faults) context.printError(`not expected: ${faultLine(fault)}`);
    context.printError(`${results.length - failed} passed, ${failed} failed, ${faults.length} unexpected faults`);
    return failed + faults.length === 0 ? 0 : 1;
  },
};

function printerOf(format: string): (results: readonly TestResult[], faults: readonly OfflineFault[]) => string {
  switch (format) {
    case "text":
      return (results) => results.flatMap(linesOf).join("\n");
    case "table":
      return (results) =>
        printColumns(
          ["RESULT", "TEST", "CLUSTERS", "FAILURES"],
          results.map(({ name, clusters, failures }) => [
            failures.length === 0 ? "ok" : "FAIL",
            name,
            String(clusters.length),
            failures.join("; "),
          ]),
        );
    case "yaml":
    case "json":
      return (results, faults) => {
        const documents = results.map((result) => asJson({ ...result, passed: result.failures.length === 0 }));
        return printValue({ results: documents, faults: faults.map(faultLine) }, format);
      };
    default:
      throw unknownFormat(format, "text, table, yaml or json");
  }
}

/** The test file stands in for the flags of the other offline commands; its paths count from its own folder. */
function offlineInput(input: CommandInput, file: TestFile, folder: string): CommandInput {
  const { gitRepo, clusters, repository = "." } = file;
  if (clusters === undefined)
    throw new UsageError("the test file names no clusters: `clusters: FILE`, as `kubectl get clusters -o yaml` prints");
  const paths = {
    repo: join(folder, repository),
    clusters: join(folder, clusters),
    ...(gitRepo === undefined ? {} : { gitrepo: join(folder, gitRepo) }),
  };
  return { options: { ...input.options, ...paths }, arguments: [], rest: [] };
}

async function renderWorld(input: CommandInput, context: Parameters<Command["run"]>[1]): Promise<RenderedWorld> {
  const { repository, world } = await readTargeting(input, context);
  const targeted = await targetAll(repository, world, undefined);
  const wanted = { entries: targeted.entries, strict: repository.options.strict };
  const { rendered, faults } = await renderAll(wanted, input, context);
  const nameOf = clusterNamer(world);
  return {
    clusters: world.clusters.map((cluster) => ({
      name: nameOf(cluster),
      labels: cluster.metadata.labels ?? {},
    })),
    rendered,
    faults: [...targeted.faults, ...faults],
  };
}

function snapshotResult(
  { snapshots }: TestFile,
  folder: string,
  { world, input }: { readonly world: RenderedWorld; readonly input: CommandInput },
): TestResult[] {
  if (snapshots === undefined) return [];
  const path = join(folder, snapshots);
  if (switchOption(input, "update")) writeSnapshots(path, world.rendered);
  const clusters = world.clusters.map(({ name }) => name);
  return [{ name: `snapshots in ${snapshots}`, clusters, failures: compareSnapshots(path, world.rendered) }];
}

function linesOf({ name, failures }: TestResult): string[] {
  if (failures.length === 0) return [`ok    ${name}`];
  return [`FAIL  ${name}`, ...failures.map((failure) => `      ${failure}`)];
}
