import { execFile } from "node:child_process";
import { median } from "./row.ts";

/** A command to be timed: program, arguments, environment, and what is done before each run. */
export interface TimedCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly before?: () => Promise<void>;
}

/** Milliseconds from start to end, and of CPU: user and system time, which other work on the machine disturbs less. */
export interface CommandTime {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Only the shell tells what its child took; it is started before the clock. */
const timed = 'TIMEFORMAT="%R %U %S"; time "$0" "$@"';

/** Returns what a command took; its output is read as it comes. Throws when it fails. */
export async function commandTime({ program, args, env, before }: TimedCommand): Promise<CommandTime> {
  await before?.();
  const options = { maxBuffer: 256 * 1024 * 1024, env: { ...process.env, ...env, LC_ALL: "C" } };
  const said = await new Promise<string>((resolve, reject) => {
    execFile("bash", ["-c", timed, program, ...args], options, (error, _, stderr) => {
      if (error === null) resolve(stderr);
      else reject(error);
    });
  });
  const [wall = 0, user = 0, system = 0] = (said.trimEnd().split("\n").at(-1) ?? "").split(" ").map(Number);
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000 };
}

/** Returns the median times of each command; they take turns, so that what else runs on the machine slows all of them alike. */
export async function compareCommands(commands: readonly TimedCommand[], rounds: number): Promise<CommandTime[]> {
  const times = commands.map((): CommandTime[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, command] of commands.entries()) times[index]?.push(await commandTime(command));
  }
  return times.map((all) => ({
    wallMs: median(all.map(({ wallMs }) => wallMs)),
    cpuMs: median(all.map(({ cpuMs }) => cpuMs)),
  }));
}
