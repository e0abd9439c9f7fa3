import type { GoValue } from "./go-value.ts";
import { nodeText } from "./node-text.ts";
import type { TemplateNode } from "./nodes.ts";
import { quoteString } from "./quote-string.ts";
import type { TextPieces } from "./remembered-text.ts";
import { CostExceeded, countBytes, countSteps } from "./run-cost.ts";
import type { Run, Scope } from "./scope.ts";
import { placeOf, TemplateExecError, TemplateLimitError } from "./template-error.ts";
import type { TemplateSet } from "./template-set.ts";

/** One execution of one template: its variables, what it has written, and where it is. */
export class Frame implements Scope {
  readonly set: TemplateSet;
  readonly run: Run;
  readonly templateName: string;
  readonly variables: GoValue[];
  /** What its statements have written for the same data before, where that is known. */
  pieces: TextPieces | undefined = undefined;
  out = "";
  /** The node that is being evaluated, for error messages. */
  node: TemplateNode | undefined;

  constructor(scope: { readonly set: TemplateSet; readonly run: Run }, templateName: string, data: GoValue) {
    this.set = scope.set;
    this.run = scope.run;
    this.templateName = templateName;
    this.variables = [data];
  }
}

/** Returns the error that Go words as `template: FILE:LINE:COL: executing "NAME" at <NODE>: MESSAGE`. */
export function execError(frame: Frame, message: string, cause?: unknown): TemplateExecError {
  const { node, templateName } = frame;
  if (node === undefined) return new TemplateExecError(`template: ${templateName}: ${message}`, { cause });
  const place = placeOf(node.source, node.pos);
  const where = `${place.file}:${place.line}:${place.column}`;
  const context = `executing ${quoteString(templateName)} at <${nodeText(node)}>`;
  return new TemplateExecError(`template: ${where}: ${context}: ${message}`, { place, cause });
}

/** Counts a step; throws `TemplateLimitError` when the run has taken too many or too long. */
export function tick(frame: Frame): void {
  const { run } = frame;
  if (++run.steps >= run.nextCheck) limited(frame, () => countSteps(run, 0));
}

/** Counts text that was made; throws `TemplateLimitError` when the run has made too much. */
export function account(frame: Frame, length: number): void {
  const { run } = frame;
  run.produced += length;
  if (run.produced > run.limits.outputBytes) limited(frame, () => countBytes(run, 0));
}

function limited(frame: Frame, count: () => void): void {
  try {
    count();
  } catch (error) {
    throw limitFailure(frame, error) ?? error;
  }
}

/** Returns the error of a passed limit, with the place where the run was. */
export function limitError(frame: Frame, limit: TemplateLimitError["limit"], what: string): TemplateLimitError {
  const { node } = frame;
  if (node === undefined) return new TemplateLimitError(limit, `template ${frame.templateName} takes ${what}`);
  const place = placeOf(node.source, node.pos);
  return new TemplateLimitError(
    limit,
    `template: ${place.file}:${place.line}:${place.column}: executing ${quoteString(frame.templateName)}: the template takes ${what}`,
  );
}

/** Returns whether the stack was full: then as little as possible may be done before it is unwound. */
export function isStackFull(error: unknown): boolean {
  return error instanceof Error && error.message.includes("Maximum call stack size exceeded");
}

/**
 * Returns the error for what was thrown while a template ran: limits as they are, a full stack or too long a string as a
 * passed limit. `undefined` when it is an ordinary failure.
 */
export function limitFailure(frame: Frame, error: unknown): TemplateLimitError | undefined {
  if (error instanceof TemplateLimitError) return error;
  if (isStackFull(error)) return limitError(frame, "depth", "more calls within calls than fit the stack");
  if (error instanceof CostExceeded) return limitError(frame, error.limit, error.message);
  if (!(error instanceof RangeError)) return undefined;
  return limitError(frame, "output", `more memory for one value than there can be (${error.message})`);
}
