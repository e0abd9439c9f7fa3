import type { FleetYaml } from "../api/fleet-yaml.ts";
import type { HealthCheck } from "../api/health-check.ts";
import type { SourcePosition } from "../errors.ts";
import { checkHealthRule } from "../status/health/check-health-rule.ts";
import { type ValuePath, showPath } from "./decode-lenient.ts";

/** What is wrong with a rule of a fleet.yaml, with the place in the file. */
export interface LocatedFault {
  readonly message: string;
  readonly position: SourcePosition;
}

/** The text of a file and where its values stand. */
export interface RuleFile {
  readonly text: string;
  readonly locate: (path: ValuePath) => SourcePosition;
}

/** Returns what is wrong with a fleet.yaml's `healthCheckExprs`, those of its customizations too. */
export function findRuleFaults(options: FleetYaml, file: RuleFile): LocatedFault[] {
  const lists: { readonly checks: readonly HealthCheck[] | undefined; readonly path: ValuePath }[] = [
    { checks: options.healthCheckExprs, path: [] },
    ...(["targets", "targetCustomizations"] as const).flatMap((list) =>
      (options[list] ?? []).map(({ healthCheckExprs }, index) => ({ checks: healthCheckExprs, path: [list, index] })),
    ),
  ];
  return lists.flatMap(({ checks = [], path }) =>
    checks.flatMap((check, index) => faultsOf(check, [...path, "healthCheckExprs", index], file)),
  );
}

function faultsOf(check: HealthCheck, path: ValuePath, file: RuleFile): LocatedFault[] {
  return checkHealthRule(check).map(({ field, message, at }) => {
    const where = field === undefined ? path : [...path, field];
    const expression = field === undefined ? "" : (check[field] ?? "");
    const position = file.locate(where);
    return {
      message: `${showPath(where)}: ${message}`,
      position: at === undefined ? position : positionWithin(file.text, position, { expression, at }),
    };
  });
}

/**
 * Returns the place of a character of an expression in the file, where the expression stands there as it is: plain, in quotes, or
 * as a block of lines; else the place where the value begins.
 */
function positionWithin(
  text: string,
  position: SourcePosition,
  { expression, at }: { readonly expression: string; readonly at: number },
): SourcePosition {
  const { line = 1, column = 1 } = position;
  const lines = text.split("\n");
  const entry = lines[line - 1]?.slice(column - 1) ?? "";
  const key = /^[^:]*:[ ]*/u.exec(entry)?.[0].length ?? 0;
  const value = entry.slice(key);
  const quote = /^["']?/u.exec(value)?.[0].length ?? 0;
  if (!expression.includes("\n") && value.startsWith(expression, quote)) {
    return { ...position, column: column + key + quote + at };
  }
  const before = expression.slice(0, at).split("\n");
  const row = line + before.length;
  const written = lines[row - 1] ?? "";
  const indent = written.length - written.trimStart().length;
  const wanted = expression.split("\n")[before.length - 1] ?? "";
  if (!/^[|>]/u.test(value) || written.trim() !== wanted.trim()) return position;
  const inner = wanted.length - wanted.trimStart().length;
  return { ...position, line: row, column: indent - inner + (before.at(-1)?.length ?? 0) + 1 };
}
