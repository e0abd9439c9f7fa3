import type { CommandContext, CommandInput } from "./command.ts";
import type { HubClient } from "./hub-client.ts";
import { createPrinter } from "./printer.ts";

type ConnectHub = (input: CommandInput, where: Pick<CommandContext, "env" | "cwd">) => Promise<HubClient>;

/** Returns what a call of this process works with: its environment, folder and output, and a way to the hub. */
export function processContext(connectHub: ConnectHub): CommandContext {
  const where = { env: process.env, cwd: process.cwd() };
  return {
    ...where,
    print: createPrinter(),
    printError: (text) => void process.stderr.write(`${text}\n`),
    hub: async (input) => connectHub(input, where),
    nowMs: Date.now,
  };
}
