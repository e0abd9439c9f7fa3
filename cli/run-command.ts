import { parseArgs } from "node:util";
import { toAppError } from "../shared/errors.ts";
import { type Command, type CommandContext, type CommandInput, type ExitCode, UsageError } from "./command.ts";
import { normalizeWords } from "./normalize-words.ts";
import { type ParsedWords, parsePlainWords } from "./parse-plain-words.ts";

/** Runs a command with the words behind its name and returns its exit code; what goes wrong is printed. */
export async function runCommand(
  command: Command,
  rest: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  try {
    if (rest.includes("--help") || rest.includes("-h")) {
      const { commandHelp } = await import("./help.ts");
      context.print(commandHelp(command));
      return 0;
    }
    return await command.run(parseInput(command, rest), context);
  } catch (error) {
    if (Object.hasOwn(command.options, "errors")) await noteEarlyFault(rest, error, context);
    if (error instanceof UsageError) {
      context.printError(`${error.message}\nUsage: drover ${command.name} ${command.usage}`);
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

function parseInput(command: Command, rest: readonly string[]): CommandInput {
  if (command.passThrough === true) return { options: {}, arguments: [], rest };
  const words = normalizeWords(rest, command.options);
  const { values, positionals } = parsePlainWords(words, command.options) ?? parseWords(words, command.options);
  return { options: values, arguments: positionals, rest };
}

/** Throws `UsageError` with Node's words. */
function parseWords(words: readonly string[], known: Command["options"]): ParsedWords {
  try {
    const options = Object.fromEntries(
      Object.entries(known).map(([name, { type, short, multiple }]) => [
        name,
        { type, multiple: multiple ?? false, ...(short === undefined ? {} : { short }) },
      ]),
    );
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    const given = Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => {
        if (value === undefined) return [];
        return [[name, Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : value]];
      }),
    );
    return { values: given, positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
