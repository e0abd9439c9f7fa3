#!/usr/bin/env node
import { parseArgs } from "node:util";
import { toAppError } from "../shared/errors.ts";
import { droverVersion } from "../shared/version.ts";
import { type Command, type CommandContext, type CommandInput, type ExitCode, UsageError } from "./command.ts";
import { commands } from "./commands.ts";
import { commandHelp, overviewHelp } from "./help.ts";

/** Runs one call of `drover` and returns its exit code. */
export async function runCli(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  const [first = "--help"] = argv;
  if (first === "--version" || first === "version") {
    context.print(droverVersion);
    return 0;
  }
  if (first === "--help" || first === "-h" || first === "help") {
    const named = findCommand(argv.slice(1));
    context.print(named === undefined ? overviewHelp(commands) : commandHelp(named.command));
    return 0;
  }
  const found = findCommand(argv);
  if (found === undefined) {
    context.printError(`unknown command ${argv.slice(0, 2).join(" ")}: \`drover --help\` lists them`);
    return 2;
  }
  try {
    if (found.rest.includes("--help") || found.rest.includes("-h")) {
      context.print(commandHelp(found.command));
      return 0;
    }
    return await found.command.run(parseInput(found.command, found.rest), context);
  } catch (error) {
    if (error instanceof UsageError) {
      context.printError(`${error.message}\nUsage: drover ${found.command.name} ${found.command.usage}`);
      return 2;
    }
    const fault = toAppError(error);
    context.printError(fault.code === "INTERNAL" ? (fault.stack ?? fault.message) : `${fault.code}: ${fault.message}`);
    return fault.code === "CONFIG_INVALID" ? 2 : 1;
  }
}

/** Returns the command with the longest name that the words begin with. */
function findCommand(
  words: readonly string[],
): { readonly command: Command; readonly rest: readonly string[] } | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(" ");
    const command = commands.find((candidate) => candidate.name === name);
    if (command !== undefined) return { command, rest: words.slice(length) };
  }
  return undefined;
}

function parseInput(command: Command, rest: readonly string[]): CommandInput {
  if (command.passThrough === true) return { options: {}, arguments: [], rest };
  try {
    const options = Object.fromEntries(
      Object.entries(command.options).map(([name, { type, short, multiple }]) => [
        name,
        { type, multiple: multiple ?? false, ...(short === undefined ? {} : { short }) },
      ]),
    );
    const { values, positionals } = parseArgs({ args: [...rest], options, allowPositionals: true });
    const given = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : value,
      ]),
    );
    return { options: given, arguments: positionals, rest };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

if (import.meta.main) {
  const { connectHub } = await import("./hub-client.ts");
  const context: CommandContext = {
    env: process.env,
    cwd: process.cwd(),
    print: (text) => void process.stdout.write(`${text}\n`),
    printError: (text) => void process.stderr.write(`${text}\n`),
    hub: async (input) => connectHub(input, context),
    nowMs: Date.now,
  };
  process.exitCode = await runCli(process.argv.slice(2), context);
}
