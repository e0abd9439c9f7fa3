#!/usr/bin/env node
import { parseArgs } from "node:util";
import { toAppError } from "../shared/errors.ts";
import { droverVersion } from "../shared/version.ts";
import { type Command, type CommandContext, type CommandInput, type ExitCode, UsageError } from "./command.ts";
import { loadAllCommands, loadCommand } from "./commands.ts";
import { normalizeWords } from "./normalize-words.ts";

/** Runs one call of `drover` and returns its exit code. */
export async function runCli(argv: readonly string[], context: CommandContext): Promise<ExitCode> {
  const [first = "--help"] = argv;
  if (first === "--version" || first === "version") {
    context.print(droverVersion);
    return 0;
  }
  if (first === "--help" || first === "-h" || first === "help") {
    const [named, { commandHelp, overviewHelp }] = await Promise.all([findCommand(argv.slice(1)), import("./help.ts")]);
    context.print(named === undefined ? overviewHelp(await loadAllCommands()) : commandHelp(named.command));
    return 0;
  }
  const found = await findCommand(argv);
  if (found === undefined) {
    context.printError(`unknown command ${argv.slice(0, 2).join(" ")}: \`drover --help\` lists them`);
    return 2;
  }
  try {
    if (found.rest.includes("--help") || found.rest.includes("-h")) {
      const { commandHelp } = await import("./help.ts");
      context.print(commandHelp(found.command));
      return 0;
    }
    return await found.command.run(parseInput(found.command, found.rest), context);
  } catch (error) {
    if (Object.hasOwn(found.command.options, "errors")) await noteEarlyFault(found.rest, error, context);
    if (error instanceof UsageError) {
      context.printError(`${error.message}\nUsage: drover ${found.command.name} ${found.command.usage}`);
      return 2;
    }
    const fault = toAppError(error);
    context.printError(fault.code === "INTERNAL" ? (fault.stack ?? fault.message) : `${fault.code}: ${fault.message}`);
    return fault.code === "CONFIG_INVALID" ? 2 : 1;
  }
}

/** Nothing was reported yet: whoever reads the file of `--errors` finds there what ended the call. */
async function noteEarlyFault(words: readonly string[], error: unknown, context: CommandContext): Promise<void> {
  const { writeEarlyFault } = await import("./offline/early-fault.ts");
  try {
    writeEarlyFault(words, error, context.cwd);
  } catch (fault) {
    // The call may have ended because of this very file; then it is said once.
    const { code, message } = toAppError(fault);
    if (message !== toAppError(error).message) context.printError(`${code}: ${message}`);
  }
}

/** Returns the command with the longest name that the words begin with. */
async function findCommand(
  words: readonly string[],
): Promise<{ readonly command: Command; readonly rest: readonly string[] } | undefined> {
  for (const length of [2, 1]) {
    const command = await loadCommand(words.slice(0, length).join(" "));
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
    const args = [...normalizeWords(rest, command.options)];
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
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

/** Runs the call of this process: what it prints goes to its output, its exit code is set. */
export async function runProcess(): Promise<void> {
  const context: CommandContext = {
    env: process.env,
    cwd: process.cwd(),
    print: (text) => void process.stdout.write(`${text}\n`),
    printError: (text) => void process.stderr.write(`${text}\n`),
    // Loaded here, so that commands that need no hub start without it.
    hub: async (input) => (await import("./hub-client.ts")).connectHub(input, context),
    nowMs: Date.now,
  };
  process.exitCode = await runCli(process.argv.slice(2), context);
}

if (import.meta.main) await runProcess();
