import type { HubClient } from "./hub-client.ts";

/** One option of a command, for `node:util` parseArgs, help and completion. */
export interface CommandOption {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** What the option means without a value; with it, a value must stand behind `=`. */
  readonly bare?: string;
  /** What stands for the value in help, such as FILE. */
  readonly value?: string;
  readonly description: string;
}

/** What a command was called with. */
export interface CommandInput {
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly arguments: readonly string[];
  /** All words after the command's name, for commands that hand them on. */
  readonly rest: readonly string[];
}

/** What commands work with; all effects are here. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  print(text: string): void;
  printError(text: string): void;
  /** Connects to the hub that the kubeconfig names. */
  hub(input: CommandInput): Promise<HubClient>;
  readonly nowMs: () => number;
  /** Told before templates are rendered how many bytes they have. */
  readonly expectTemplates?: (bytes: number) => void;
}

/** 0 fine, 1 failed, 2 wrong usage, 3 not ready. */
export type ExitCode = 0 | 1 | 2 | 3;

/** One command of `drover`. */
export interface Command {
  /** Words that call it: `status`, `register-token create`. */
  readonly name: string;
  readonly summary: string;
  /** What follows the name, for the first line of help. */
  readonly usage: string;
  readonly examples: readonly string[];
  readonly options: Readonly<Record<string, CommandOption>>;
  /** True: words are handed on unparsed (`drover bundler …`). */
  readonly passThrough?: boolean;
  run(input: CommandInput, context: CommandContext): Promise<ExitCode>;
}

/** A call that cannot be understood: exit code 2. */
export class UsageError extends Error {}

/** Options of every command that talks to the hub. */
export const hubOptions = {
  kubeconfig: {
    type: "string",
    value: "FILE",
    description:
      "Kubeconfig of the hub. Default: $DROVER_KUBECONFIG, ./drover-data/admin.kubeconfig, $KUBECONFIG, ~/.kube/config.",
  },
  context: { type: "string", value: "NAME", description: "Context of the kubeconfig. Default: its current one." },
  namespace: { type: "string", short: "n", value: "NAME", description: "Workspace. Default: that of the context." },
} as const satisfies Record<string, CommandOption>;

/** Returns the text of an option, undefined when it was not given. */
export function textOption(input: CommandInput, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === "string" ? value : undefined;
}

/** Returns the texts of an option that may be repeated. */
export function listOption(input: CommandInput, name: string): readonly string[] {
  const value = input.options[name];
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === "string") : [];
}

/** Returns whether a switch was given. */
export function switchOption(input: CommandInput, name: string): boolean {
  return input.options[name] === true;
}

/** Returns argument number `index`; throws UsageError naming what is missing. */
export function requiredArgument(input: CommandInput, index: number, what: string): string {
  const value = input.arguments[index];
  if (value === undefined || value === "") throw new UsageError(`${what} is missing`);
  return value;
}
