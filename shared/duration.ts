import { AppError } from "./errors.ts";

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const durationPattern =
  /^[+-]?(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h)(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*$/u;
const partPattern = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gu;

/**
 * Returns the milliseconds of a Go duration such as `15m`, `1h30m` or `1.5s`, as Go's `time.ParseDuration` reads it
 * (`0` needs no unit). Throws DURATION_INVALID.
 */
export function parseDuration(text: string): number {
  if (/^[+-]?0$/u.test(text)) return 0;
  if (!durationPattern.test(text)) {
    throw new AppError("DURATION_INVALID", `"${text}" is no duration; write it like 30s, 15m or 1h30m`, {
      verdict: "stalled",
    });
  }
  let sum = 0;
  for (const [, amount = "0", unit = "ms"] of text.matchAll(partPattern)) sum += Number(amount) * (unitMs[unit] ?? 1);
  return text.startsWith("-") ? -sum : sum;
}

/** Returns whether `parseDuration` takes the text. */
export function isDuration(text: string): boolean {
  return /^[+-]?0$/u.test(text) || durationPattern.test(text);
}

/** Returns milliseconds as Go prints a duration: `15m0s`, `1h30m0s`, `1.5s`, `20ms`, `0s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return "0s";
  const sign = durationMs < 0 ? "-" : "";
  const ms = Math.abs(durationMs);
  if (ms < 1000) return ms < 1 ? `${sign}${trimmed(ms * 1000)}µs` : `${sign}${trimmed(ms)}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = `${trimmed((ms % 60_000) / 1000)}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

function trimmed(value: number): string {
  return String(Number(value.toFixed(9)));
}
