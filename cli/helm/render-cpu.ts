import { UsageError } from "../command.ts";

const maxMs = 600_000;

/** Returns the CPU time in milliseconds that `DROVER_RENDER_CPU_MS` allows a render. Throws `UsageError`. */
export function readRenderCpu(text: string): number {
  const ms = /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN;
  if (ms <= maxMs) return ms;
  throw new UsageError(`DROVER_RENDER_CPU_MS is ${JSON.stringify(text)}: give milliseconds between 1 and ${maxMs}`);
}
