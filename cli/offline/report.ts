import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { JsonValue } from "../../codec/json-value.ts";
import { printGoYaml } from "../../codec/print-go-yaml.ts";
import { warningLine } from "../../shared/bundle/strict.ts";
import type { BundleWarning } from "../../shared/bundle/warning.ts";
import {
  type CommandContext,
  type CommandInput,
  type CommandOption,
  type ExitCode,
  textOption,
  UsageError,
} from "../command.ts";
import { printValue } from "../output.ts";
import { faultDocuments, faultLine, type OfflineFault } from "./fault-document.ts";

/** Options that say how results and faults are printed. */
export const reportOptions = {
  output: { type: "string", short: "o", value: "FORMAT", description: "yaml (default), json or table." },
  errors: { type: "string", value: "FILE", description: "Write what failed as YAML documents to this file." },
} as const satisfies Record<string, CommandOption>;

/** What an offline command found. */
export interface OfflineResult {
  /** What is printed as one YAML document each; as JSON they are one list, which a single document that is a list already is. */
  readonly documents: readonly JsonValue[];
  /** Header and rows for `-o table`. */
  readonly table: () => string;
  readonly warnings: readonly BundleWarning[];
  readonly faults: readonly OfflineFault[];
}

/** Prints results on standard output, warnings and faults on standard error; 1 when anything failed. */
export function report(result: OfflineResult, input: CommandInput, context: CommandContext): ExitCode {
  const format = textOption(input, "output") ?? "yaml";
  if (format === "table") context.print(result.table());
  else if (format === "json") {
    const [only] = result.documents;
    printJsonList(Array.isArray(only) ? only : result.documents, context);
  } else if (format === "yaml") printYamlStream(result.documents, context);
  else throw new UsageError(`unknown output format ${format}: use yaml, json or table`);
  return reportFaults(result, input, context);
}

/** Document by document: all of a large repository for many clusters is more than one string can hold. */
function printYamlStream(documents: readonly JsonValue[], context: CommandContext): void {
  if (documents.length === 0) context.print("");
  for (const [index, document] of documents.entries())
    context.print(`${index === 0 ? "" : "---\n"}${printGoYaml(document).trimEnd()}`);
}

function printJsonList(items: readonly JsonValue[], context: CommandContext): void {
  if (items.length === 0) return context.print("[]");
  context.print("[");
  for (const [index, item] of items.entries()) {
    const text = printValue(item, "json").replaceAll(/^/gmu, "  ");
    context.print(index === items.length - 1 ? text : `${text},`);
  }
  context.print("]");
}

/** Prints warnings and faults; returns the exit code. */
export function reportFaults(
  { warnings, faults }: Pick<OfflineResult, "warnings" | "faults">,
  input: CommandInput,
  context: CommandContext,
): ExitCode {
  for (const warning of warnings) context.printError(`warning: ${warningLine(warning)}`);
  for (const fault of faults) context.printError(faultLine(fault));
  const file = textOption(input, "errors");
  if (file !== undefined) writeFiles(context.cwd, new Map([[file, faultDocuments(faults)]]));
  return faults.length === 0 ? 0 : 1;
}

/** Writes files below a folder, making folders as needed. */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) {
    const path = resolve(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
