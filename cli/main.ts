#!/usr/bin/env node
import { droverVersion } from "../shared/version.ts";
import type { Command, CommandContext, ExitCode } from "./command.ts";
import { loadAllCommands, loadCommand } from "./commands.ts";
import { processContext } from "./process-context.ts";
import { runCommand } from "./run-command.ts";

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
  return runCommand(found.command, found.rest, context);
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

/** Runs the call of this process: what it prints goes to its output, its exit code is set. */
export async function runProcess(): Promise<void> {
  // Loaded here, so that commands that need no hub start without it.
  const context = processContext(async (input, where) => (await import("./hub-client.ts")).connectHub(input, where));
  process.exitCode = await runCli(process.argv.slice(2), context);
}

if (import.meta.main) await runProcess();
