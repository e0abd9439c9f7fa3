import type { Frame } from "./frame.ts";
import type { GoValue } from "./go-value.ts";
import type { ParsedTemplate } from "./nodes.ts";

/** How a statement ended: normally, or by `break` or `continue`. */
export type Outcome = 0 | 1 | 2;

/** Ran to its end. */
export const done: Outcome = 0;
/** Met a `break`. */
export const broken: Outcome = 1;
/** Met a `continue`. */
export const continued: Outcome = 2;

/** A compiled statement: writes to the frame. */
export type Statement = (frame: Frame, dot: GoValue) => Outcome;

/** A compiled expression; nil comes back as `undefined` from pipelines, as `null` or `undefined` from their parts. */
export type Expression = (frame: Frame, dot: GoValue) => GoValue;

/** A compiled argument: already checked and converted to what the parameter's type is in JavaScript. */
export type Argument = (frame: Frame, dot: GoValue) => unknown;

/** A template that can be run; its closures are made on the first run. */
export interface CompiledTemplate {
  readonly parsed: ParsedTemplate;
  /** Compiles on the first call; later ones return the same. */
  readonly body: () => CompiledBody;
}

/** The closures of a template. */
export interface CompiledBody {
  readonly run: Statement;
  /** Variables that a run needs room for, `$` included. */
  readonly variables: number;
}
