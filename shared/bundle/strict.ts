import { AppError, type SourcePosition } from "../errors.ts";
import type { BundleWarning } from "./warning.ts";

/**
 * Returns the error that warnings are where `strict` is set: it lists each with file, line, column and code, in that order, and
 * is placed at the first. Undefined without warnings.
 */
export function strictFault(warnings: readonly BundleWarning[]): AppError | undefined {
  const sorted = warnings.toSorted((a, b) => byPlace(a.position, b.position));
  const [first] = sorted;
  if (first === undefined) return undefined;
  const text = sorted.map(warningLine).join("; ");
  return new AppError("BUNDLE_STRICT", `refused because of strict: ${text}`, {
    verdict: "stalled",
    position: first.position,
  });
}

/** Returns a warning in one line: its place as far as known, code and message. */
export function warningLine({ code, message, position }: BundleWarning): string {
  const place = [position.file, position.line, position.column].filter((part) => part !== undefined).join(":");
  return `${place === "" ? "" : `${place}: `}${code}: ${message}`;
}

function byPlace(a: SourcePosition, b: SourcePosition): number {
  const [left, right] = [a.file ?? "", b.file ?? ""];
  if (left !== right) return left < right ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
