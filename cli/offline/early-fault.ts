import { resolve } from "node:path";
import { AppError, toAppError } from "../../shared/errors.ts";
import { UsageError } from "../command.ts";
import { faultDocuments } from "./fault-document.ts";
import { writeTextFile } from "./write-files.ts";

/**
 * Writes what ended a call before it could report anything to the file of `--errors`, where its words name one: also words
 * that are not understood are a failure for whoever reads that file. Throws OUTPUT_NOT_WRITTEN.
 */
export function writeEarlyFault(words: readonly string[], error: unknown, cwd: string): void {
  const file = errorsFile(words);
  if (file === undefined || file === "") return;
  const fault =
    error instanceof UsageError
      ? new AppError("USAGE_INVALID", error.message, { verdict: "stalled", cause: error })
      : toAppError(error);
  writeTextFile(resolve(cwd, file), faultDocuments([{ phase: "apply", error: fault }]));
}

function errorsFile(words: readonly string[]): string | undefined {
  const end = words.indexOf("--");
  const own = end < 0 ? words : words.slice(0, end);
  const at = own.findLastIndex((word) => word === "--errors" || word.startsWith("--errors="));
  const word = own[at];
  return word === "--errors" ? own[at + 1] : word?.slice("--errors=".length);
}
