import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command, ExitCode } from "../command.ts";

/** Returns the command that runs one of the other programs with the words behind its name: `drover bundler --port 7443`. */
function programCommand(name: "agent" | "bundler", summary: string, examples: readonly string[]): Command {
  return {
    name,
    summary,
    usage: "[--flags, see docs/reference/config.md]",
    examples,
    options: {},
    passThrough: true,
    run: async (input) => runProgram(programFile(name), input.rest),
  };
}

/** `drover bundler`. */
export const bundlerCommand = programCommand("bundler", "Run the bundler (hub)", [
  "drover bundler --data-dir ./drover-data --port 7443",
]);

/** `drover agent`. */
export const agentCommand = programCommand("agent", "Run the agent of a cluster", [
  "drover agent --hub https://hub.example:7443 --token WORD --ca-pin PIN --kubeconfig FILE",
]);

/** `drover agent doctor`: the agent's program looks, with the agent's settings, since it knows its own ways. */
export const agentDoctor: Command = {
  name: "agent doctor",
  summary: "Look for what keeps an agent from its cluster or its hub, and say how to mend it",
  usage: "[--flags of the agent] [-o json]",
  examples: [
    "drover agent doctor --hub https://hub.example:7443 --ca-pin PIN --token WORD --kubeconfig FILE",
    "drover agent doctor --config agent.yaml -o json",
  ],
  options: {},
  passThrough: true,
  run: async (input) => runProgram(programFile("agent"), ["doctor", ...input.rest]),
};

/** In a clone the programs are TypeScript beside us; installed, they are bundles in the same folder. */
function programFile(name: string): string {
  const bundled = new URL(`./${name}.mjs`, import.meta.url);
  return fileURLToPath(existsSync(bundled) ? bundled : new URL(`../../${name}/main.ts`, import.meta.url));
}

/** Signals that end a program are handed on; its exit code becomes ours. */
async function runProgram(file: string, args: readonly string[]): Promise<ExitCode> {
  const child = spawn(process.execPath, [file, ...args], { stdio: "inherit" });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, forward);
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode) => resolve(exitCode ?? 1));
  });
  return code === 0 || code === 2 ? code : 1;
}
