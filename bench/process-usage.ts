import { readdirSync, readFileSync } from "node:fs";

/** What a process has used so far (Linux). */
export interface ProcessUsage {
  /** CPU time, user and system, of the process and its living children. */
  readonly cpuMs: number;
  /** Resident memory of the process alone. */
  readonly rssMb: number;
}

/** Clock ticks per second of /proc on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Returns the usage of a process by its ID, read from /proc. */
export function processUsage(pid: number): ProcessUsage {
  const cpuMs = [pid, ...childrenOf(pid)].reduce((sum, one) => sum + cpuOf(one), 0);
  const rss = /VmRSS:\s+(\d+) kB/u.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
  return { cpuMs, rssMb: Number(rss) / 1024 };
}

/** Returns the nanosecond-exact CPU time where the kernel offers it, else that of its ticks. */
function cpuOf(pid: number): number {
  try {
    const [nanoseconds = ""] = readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ");
    if (nanoseconds !== "0")
      return (
        threadsOf(pid).reduce(
          (sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]),
          0,
        ) / 1e6
      );
  } catch {
    // Kernels without scheduler statistics have the ticks.
  }
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}

function threadsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`);
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
}
