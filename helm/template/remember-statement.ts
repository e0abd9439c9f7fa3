import type { ClosedStatement } from "./closed-statement.ts";
import { done, type Statement } from "./compiled-template.ts";
import { fixedValue } from "./fixed-value.ts";
import type { Frame } from "./frame.ts";
import { type GoValue, TypedMap } from "./go-value.ts";
import type { MapReads } from "./map-reads.ts";
import { nodeText } from "./node-text.ts";
import type { StatementNode } from "./nodes.ts";
import { madeText, recalledText, type RememberedText, type TextPieces } from "./remembered-text.ts";
import { isSameValue } from "./same-value.ts";

/** A statement whose text is a piece of its template's. */
export interface StatementPiece extends ClosedStatement {
  readonly node: StatementNode;
  /** Where its text is kept among those of its template. */
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
export function rememberStatement({ node, place, slots, isCostly }: StatementPiece, run: Statement): Statement {
  // The same statement in several files is one.
  const shared = isCostly ? nodeText(node) : undefined;

  /** Writes what is known, where it is still so. */
  function recall(frame: Frame, known: RememberedText | undefined): boolean {
    if (known === undefined || !isSameFrame(frame, known, slots)) return false;
    const text = recalledText(frame.run, known);
    if (text === undefined) return false;
    frame.out += text;
    return true;
  }

  function make(frame: Frame, dot: GoValue, { pieces, reads }: Kept): void {
    if (shared !== undefined) {
      const known = reads.texts.get(shared);
      if (recall(frame, known)) {
        pieces.texts[place] = known;
        return;
      }
    }
    const known = write(frame, dot);
    if (known === undefined || !frame.run.memory.isActive) return;
    pieces.texts[place] = known;
    if (shared !== undefined) reads.texts.set(shared, known);
  }

  /** Runs the statement and returns what is to be remembered of it. */
  function write(frame: Frame, dot: GoValue): RememberedText | undefined {
    const { changes } = frame.run;
    const variables = slots.map((slot) => fixedValue(frame.variables[slot]));
    const before = frame.out;
    frame.out = "";
    const { text, remembered } = madeText(frame.run, { isFile: false, variables }, () => {
      run(frame, dot);
      return frame.out;
    });
    frame.out = before + text;
    // What changes a map that a variable holds must be run for that, too.
    return slots.length > 0 && frame.run.changes !== changes ? undefined : remembered;
  }

  return (frame, dot) => {
    const { pieces } = frame;
    const [data] = frame.variables;
    const reads = pieces !== undefined && dot === data && data instanceof TypedMap ? data.reads : undefined;
    if (pieces === undefined || reads === undefined || !frame.run.memory.isActive) return run(frame, dot);
    if (!recall(frame, pieces.texts[place])) make(frame, dot, { pieces, reads });
    return done;
  };
}

function isSameFrame({ variables }: Frame, { variables: known }: RememberedText, slots: readonly number[]): boolean {
  for (let index = 0; index < slots.length; index++) {
    const value = known?.[index];
    // What is not fixed is known as nothing at all.
    if (value === undefined || !isSameValue(variables[slots[index] ?? 0], value)) return false;
  }
  return true;
}
