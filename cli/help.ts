import type { Command } from "./command.ts";
import { printColumns } from "./output.ts";

/** Returns the overview of all commands. */
export function overviewHelp(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [`  ${name}`, summary]);
  return [
    "drover – many Kubernetes clusters as a Git repository says",
    "",
    "Usage: drover COMMAND [ARGUMENTS] [OPTIONS]",
    "",
    ...printColumns(["Commands:", ""], rows).split("\n"),
    "",
    "drover COMMAND --help shows options and examples. Exit codes: 0 fine, 1 failed, 2 wrong usage, 3 not ready.",
  ].join("\n");
}

/** Returns the help of one command. */
export function commandHelp(command: Command): string {
  const options = Object.entries(command.options).map(([name, { short, value, description }]) => {
    const flags = `${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
    return [`  ${flags}`, description];
  });
  return [
    `${command.summary}.`,
    "",
    `Usage: drover ${command.name} ${command.usage}`.trimEnd(),
    ...(options.length === 0 ? [] : ["", ...printColumns(["Options:", ""], options).split("\n")]),
    "",
    "Examples:",
    ...command.examples.map((example) => `  ${example}`),
  ].join("\n");
}
