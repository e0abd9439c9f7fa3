import type { ClosedStatement } from "./closed-statement.ts";
import { done, type Expression, type Statement } from "./compiled-template.ts";
import { fixedValue } from "./fixed-value.ts";
import type { Frame } from "./frame.ts";
import { GoInt, type GoValue, TypedMap } from "./go-value.ts";
import type { MapReads } from "./map-reads.ts";
import { nodeText } from "./node-text.ts";
import type { StatementNode } from "./nodes.ts";
import { type MadeText, madeText, recalledText, type RememberedText, type TextPieces } from "./remembered-text.ts";
import { isSameValue } from "./same-value.ts";

/** A part of a template whose text or value is remembered. */
export interface TemplatePiece extends ClosedStatement {
  /** Where it is kept among those of its template. */
  readonly place: number;
  /** The places of the variables that it reads, in the frame. */
  readonly slots: readonly number[];
}

/** Where the texts of a statement are kept. */
interface Kept {
  readonly pieces: TextPieces;
  /** Of the template's data. */
  readonly reads: MapReads;
}

/** Returns a statement that is run only where something that it reads has changed since it last ran for its template's data. */
export function rememberStatement(piece: TemplatePiece, node: StatementNode, run: Statement): Statement {
  const { place, isCostly } = piece;
  // The same statement in several files is one.
  let shared: string | undefined;

  function make(frame: Frame, dot: GoValue, { pieces, reads }: Kept): string {
    if (isCostly) {
      shared ??= nodeText(node);
      const known = reads.texts.get(shared);
      const text = recall(frame, piece, known);
      if (text !== undefined) {
        pieces.texts[place] = known;
        return text;
      }
    }
    const { text, remembered } = makeAnew(frame, piece, () => written(frame, dot, run));
    if (remembered !== undefined) {
      pieces.texts[place] = remembered;
      if (shared !== undefined) reads.texts.set(shared, remembered);
    }
    return text;
  }

  return (frame, dot) => {
    const kept = keptFor(frame, dot);
    if (kept === undefined || (kept.pieces.isFirst && !isCostly)) return run(frame, dot);
    frame.out += recall(frame, piece, kept.pieces.texts[place]) ?? make(frame, dot, kept);
    return done;
  };
}

/**
 * Returns an expression that is evaluated only where something that it reads has changed, as long as its value is a scalar, or
 * scalars in a list or in a map of its own.
 */
export function rememberValue(piece: TemplatePiece, evaluate: Expression): Expression {
  const { place } = piece;
  return (frame, dot) => {
    const kept = keptFor(frame, dot);
    if (kept === undefined || kept.pieces.isFirst) return evaluate(frame, dot);
    const { texts } = kept.pieces;
    const known = texts[place];
    if (recall(frame, piece, known) !== undefined) return fixedValue(known?.value);
    let value: GoValue;
    const { remembered } = makeAnew(frame, piece, () => {
      value = evaluate(frame, dot);
      return "";
    });
    if (remembered !== undefined) {
      const kept = keptValue(frame, piece, value);
      texts[place] = kept === undefined ? undefined : { ...remembered, value: kept };
    }
    return value;
  };
}

/** Returns a value as it can be known; undefined where others may hold the same, or hold parts of it, and see it changed. */
function keptValue({ run }: Frame, { slots }: TemplatePiece, value: GoValue): GoValue {
  if (Array.isArray(value)) return value.every(isScalar) ? fixedValue(value) : undefined;
  if (!(value instanceof Map)) return isScalar(value) ? value : undefined;
  const isOwn = slots.length === 0 && !run.memory.isShared(value);
  return isOwn && value.values().every(isScalar) ? fixedValue(value) : undefined;
}

function isScalar(value: GoValue): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value instanceof GoInt;
}

/** Returns where a template keeps what its parts have made of its own data; undefined for other data. */
function keptFor({ pieces, variables, run }: Frame, dot: GoValue): Kept | undefined {
  const [data] = variables;
  if (pieces === undefined || dot !== data || !(data instanceof TypedMap) || !run.memory.isActive) return undefined;
  const { reads } = data;
  return reads === undefined ? undefined : { pieces, reads };
}

/** Returns what is known, where it is still so. */
function recall(frame: Frame, { slots }: TemplatePiece, known: RememberedText | undefined): string | undefined {
  return known !== undefined && isSameFrame(frame, known, slots) ? recalledText(frame.run, known) : undefined;
}

/** Makes a text and returns it with what may be remembered of it. */
function makeAnew(frame: Frame, { slots }: TemplatePiece, make: () => string): MadeText {
  const { run } = frame;
  const { changes } = run;
  const variables = slots.map((slot) => fixedValue(frame.variables[slot]));
  const made = madeText(run, { isFile: false, variables }, make);
  // What changes a map that a variable holds must be run for that, too.
  const isKept = run.memory.isActive && (slots.length === 0 || run.changes === changes);
  return isKept ? made : { text: made.text, remembered: undefined };
}

/** Runs a statement and returns what it writes. */
function written(frame: Frame, dot: GoValue, run: Statement): string {
  const before = frame.out;
  frame.out = "";
  run(frame, dot);
  const text = frame.out;
  frame.out = before;
  return text;
}

function isSameFrame({ variables }: Frame, { variables: known }: RememberedText, slots: readonly number[]): boolean {
  for (let index = 0; index < slots.length; index++) {
    const value = known?.[index];
    // What is not fixed is known as nothing at all.
    if (value === undefined || !isSameValue(variables[slots[index] ?? 0], value)) return false;
  }
  return true;
}
