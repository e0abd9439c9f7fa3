import { resolve } from "node:path";
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
import { writeFiles, writeTextFile } from "./write-files.ts";

/** Option for what failed, of every offline command. */
export const errorsOption = {
  errors: {
    type: "string",
    value: "FILE",
    description: "Write what failed as YAML documents to this file; it is empty when nothing did.",
  },
} as const satisfies Record<string, CommandOption>;

/** Options that say how results and faults are printed. */
export const reportOptions = {
  output: {
    type: "string",
    short: "o",
    value: "FORMAT",
    description: "yaml (default), json, table, or dir=FOLDER for a file each.",
  },
  ...errorsOption,
} as const satisfies Record<string, CommandOption>;

/** How results are printed: on standard output, or below a folder. */
export type OfflineFormat = "yaml" | "json" | "table" | { readonly folder: string };

/** Returns the format that `-o` names; throws UsageError. */
export function readFormat(input: CommandInput): OfflineFormat {
  const format = textOption(input, "output") ?? "yaml";
  if (format === "yaml" || format === "json" || format === "table") return format;
  const [, folder] = /^dir=(.+)$/su.exec(format) ?? [];
  if (folder !== undefined) return { folder };
  if (/^dir(?:=|$)/u.test(format)) throw new UsageError("write -o dir=FOLDER");
  throw new UsageError(`unknown output format ${format}: use yaml, json, table or dir=FOLDER`);
}

/** Returns the error for a format that a command does not have; `formats` are those it has. */
export function unknownFormat(format: string, formats: string): UsageError {
  const isFolder = /^dir(?:=|$)/u.test(format);
  const problem = isFolder ? `${format} has no place here, where nothing is printed for each bundle` : undefined;
  return new UsageError(`${problem ?? `unknown output format ${format}`}: use ${formats}`);
}

/** What an offline command found. */
export interface OfflineResult {
  /** What is printed as one YAML document each; as JSON they are one list, which a single document that is a list already is. */
  readonly documents: readonly JsonValue[];
  /** Header and rows for `-o table`. */
  readonly table: () => string;
  /** Documents by file name for `-o dir=FOLDER`. */
  readonly files: () => Iterable<readonly [name: string, documents: readonly JsonValue[]]>;
  readonly warnings: readonly BundleWarning[];
  readonly faults: readonly OfflineFault[];
}

/** Prints results on standard output or below a folder, warnings and faults on standard error; 1 when anything failed. */
export function report(result: OfflineResult, input: CommandInput, context: CommandContext): ExitCode {
  const format = readFormat(input);
  if (format === "table") context.print(result.table());
  else if (format === "json") {
    const [only] = result.documents;
    printJsonList(Array.isArray(only) ? only : result.documents, context);
  } else if (format === "yaml") printYamlStream(result.documents, context);
  else writeFiles(resolve(context.cwd, format.folder), textsOf(result.files()));
  return reportFaults(result, input, context);
}

/** Returns documents as one text; what has none says so. */
export function yamlStream(documents: readonly JsonValue[]): string {
  return documents.length === 0 ? "# no objects\n" : documents.map(printGoYaml).join("---\n");
}

/** One after the other: all texts of many clusters at once take much memory. */
function* textsOf(
  files: Iterable<readonly [name: string, documents: readonly JsonValue[]]>,
): Generator<readonly [name: string, text: string]> {
  for (const [name, documents] of files) yield [name, yamlStream(documents)];
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
  writeFaults(faults, input, context);
  return faults.length === 0 ? 0 : 1;
}

/** Writes faults to the file of `--errors`, where the call names one. */
export function writeFaults(
  faults: readonly OfflineFault[],
  input: CommandInput,
  { cwd }: Pick<CommandContext, "cwd">,
): void {
  const file = textOption(input, "errors");
  if (file !== undefined) writeTextFile(resolve(cwd, file), faultDocuments(faults));
}
