import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "../../shared/errors.ts";
import type { StepContext } from "./import-steps.ts";

const intervalMs = 1000;
const shownLines = 10;

/**
 * Looks every second until nothing is missing any more, telling when what is missing changes. Throws IMPORT_INCOMPLETE
 * with the last of it after `--timeout`.
 */
export async function waitUntilNone(
  what: string,
  look: () => Promise<readonly string[]>,
  { context, timeoutMs }: Pick<StepContext, "context" | "timeoutMs">,
): Promise<void> {
  const deadline = context.nowMs() + timeoutMs;
  let told = "";
  for (;;) {
    const missing = await look().catch(passingFault);
    if (missing.length === 0) return;
    const shown = missing.slice(0, shownLines).join("\n  ");
    const more = missing.length > shownLines ? `\n  … and ${missing.length - shownLines} more` : "";
    if (context.nowMs() >= deadline)
      throw new AppError(
        "IMPORT_INCOMPLETE",
        `${what}: not within ${timeoutMs / 1000} s; calling again goes on. Left:\n  ${shown}${more}`,
        { verdict: "waiting" },
      );
    if (shown !== told) context.printError(`waiting until ${what}; ${missing.length} left:\n  ${shown}${more}`);
    told = shown;
    await pause(intervalMs);
  }
}

/** An API server that is away for a moment is waited for, like everything else. */
function passingFault(error: unknown): readonly string[] {
  if (!(error instanceof AppError)) throw error;
  const { status } = error.details;
  const passes = typeof status === "number" ? status === 429 || status >= 500 : error.verdict === "transient";
  if (!passes) throw error;
  return [`${error.code}: ${error.message}`];
}
