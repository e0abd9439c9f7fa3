import { UsageError } from "../command.ts";

const maxMs = 600_000;

/** Returns the CPU time in milliseconds that `DROVER_RENDER_CPU_MS` allows a render. Throws `UsageError`. */
export function readRenderCpu(text: string): number {
  const ms = /^[1-9]\d*$/.test(text) ? Number(text) : Number.NaN;
  if (ms <= maxMs) return ms;
  throw new UsageError(`DROVER_RENDER_CPU_MS is ${JSON.stringify(text)}: give milliseconds between 1 and ${maxMs}`);
}

/** Returns what the environment says of the CPU time of a render, for `RenderInput`; nothing when it says nothing. */
export function renderCpuOf(env: Readonly<Record<string, string | undefined>>): { readonly renderCpuMs?: number } {
  const text = env["DROVER_RENDER_CPU_MS"] ?? "";
  return text === "" ? {} : { renderCpuMs: readRenderCpu(text) };
}
