import type { LocatedField } from "../../shared/bundle/not-acted-on.ts";
import { type BundleWarning, warningCodes } from "../../shared/bundle/warning.ts";
import { errorCodes, type SourcePosition } from "../../shared/errors.ts";
import type { OfflineFault } from "./fault-document.ts";

/** Something about a repository that a person should know, in the form that `drover lint` prints. */
export interface Finding {
  readonly level: "error" | "warning" | "info";
  readonly code: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly bundle?: string;
  readonly cluster?: string;
  readonly message: string;
  /** What the code means in general. */
  readonly meaning: string;
}

/**
 * Returns faults, warnings and fields that nothing acts on yet as findings, by file, line and column; what has no place
 * comes first. What several bundles say of one place in a file is there once, with the first of them.
 */
export function findingsOf(
  faults: readonly OfflineFault[],
  warnings: readonly BundleWarning[],
  later: readonly LocatedField[],
): Finding[] {
  const found = [
    ...faults.map(({ bundle, cluster, error }): Finding => {
      const { code, message, position = {} } = error;
      return {
        level: "error",
        code,
        ...placeOf(position),
        ...(bundle === undefined ? {} : { bundle }),
        ...(cluster === undefined ? {} : { cluster }),
        message: withoutPlace(message, position),
        meaning: errorCodes[code],
      };
    }),
    ...warnings.map(({ code, message, position }): Finding => ({
      level: "warning",
      code,
      ...placeOf(position),
      message,
      meaning: warningCodes[code],
    })),
    ...later.map(({ field, instead, position }): Finding => ({
      level: "info",
      code: "NOT_ACTED_ON",
      ...placeOf(position),
      message: `${field} is kept and not acted on yet: ${instead}`,
      meaning: "A field of Fleet's that is read and checked, and that nothing acts on yet.",
    })),
  ];
  const once = new Map<string, Finding>();
  for (const finding of found) {
    const identity = identityOf(finding);
    if (!once.has(identity)) once.set(identity, finding);
  }
  return [...once.values()].toSorted(byPlace);
}

/** The bundle tells findings apart only where no file does. */
function identityOf({ level, code, file, line, column, bundle, cluster, message }: Finding): string {
  return JSON.stringify([level, code, file, line, column, cluster, message, file === undefined ? bundle : undefined]);
}

/** Returns `file:line:column` as far as known, "" for nothing. */
export function printPlace({ file, line, column }: SourcePosition): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}

function placeOf({ file, line, column }: SourcePosition): SourcePosition {
  return {
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}

/** Messages of errors begin with their place, which has a column of its own here. */
function withoutPlace(message: string, position: SourcePosition): string {
  const prefix = `${printPlace(position)}: `;
  return message.startsWith(prefix) ? message.slice(prefix.length) : message;
}

function byPlace(a: Finding, b: Finding): number {
  const [left, right] = [a.file ?? "", b.file ?? ""];
  if (left !== right) return left < right ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
