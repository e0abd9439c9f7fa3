import type { CommandContext, CommandInput } from "./command.ts";
import type { HubClient } from "./hub-client.ts";
import { createPrinter } from "./printer.ts";

type ConnectHub = (input: CommandInput, where: Pick<CommandContext, "env" | "cwd">) => Promise<HubClient>;

/** What a call of this process works with. */
interface ProcessContext extends CommandContext {
  /** Whether all that was printed is where it belongs: the process may end. */
  readonly isWritten: () => boolean;
}

/** Returns what a call of this process works with: its environment, folder and output, and a way to the hub. */
export function processContext(connectHub: ConnectHub): ProcessContext {
  const where = { env: process.env, cwd: process.cwd() };
  const { print, isWritten } = createPrinter();
  let hasFaults = false;
  return {
    ...where,
    print,
    printError: (text) => {
      hasFaults = true;
      process.stderr.write(`${text}\n`);
    },
    isWritten: () => !hasFaults && isWritten(),
    hub: async (input) => connectHub(input, where),
    nowMs: Date.now,
  };
}
