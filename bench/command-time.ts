import { execFile } from "node:child_process";
import { median } from "./row.ts";

/** A command to be timed: program, arguments, environment. */
export interface TimedCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Returns the milliseconds from starting a command until it has ended and all its output is here. Throws when it fails. */
export async function commandMs({ program, args, env }: TimedCommand): Promise<number> {
  const start = performance.now();
  await new Promise<void>((resolve, reject) => {
    execFile(program, [...args], { maxBuffer: 256 * 1024 * 1024, env: env ?? process.env }, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
  return performance.now() - start;
}

/** Returns the median time of each command; they take turns, so that what else runs on the machine slows all of them alike. */
export async function compareCommands(commands: readonly TimedCommand[], rounds: number): Promise<number[]> {
  const times = commands.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, command] of commands.entries()) times[index]?.push(await commandMs(command));
  }
  return times.map(median);
}
