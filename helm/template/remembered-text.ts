import type { GoValue } from "./go-value.ts";
import type { MapRead } from "./map-reads.ts";
import { countBytes, countSteps } from "./run-cost.ts";
import type { Run } from "./scope.ts";

/** A text, and what it was made of. */
export interface RememberedText {
  readonly text: string;
  readonly reads: readonly MapRead[];
  /** The render that made it, and what it cost there. */
  readonly at: number;
  readonly steps: number;
  readonly produced: number;
  /** The render that used it last. */
  used: number;
  /** What it was put together from, which is worth keeping as long as the text itself. */
  readonly pieces?: TextPieces | undefined;
  /** What the variables held that the text was made with. */
  readonly variables?: readonly GoValue[] | undefined;
  /** For an expression, which writes nothing: what it came to. */
  readonly value?: GoValue;
}

/** What statements of one template have written for one map, each at its own place. */
export interface TextPieces {
  readonly texts: (RememberedText | undefined)[];
  /** Whether the text is made for the first time: a process that renders once need not know the pieces. */
  isFirst: boolean;
  /** The render that used them last. */
  used: number;
}

/** Returns a text that was made before, where nothing that it was made of has changed since. */
export function recalledText(run: Run, known: RememberedText): string | undefined {
  const { memory } = run;
  const { reads, at } = known;
  for (const read of reads) if (read.changedAt(memory.now) > at) return undefined;
  // In the render that made a text its steps are counted already; in another one they count as if it were made again.
  if (known.used !== memory.now) {
    known.used = memory.now;
    countSteps(run, known.steps);
    countBytes(run, known.produced);
  } else {
    countBytes(run, known.text.length);
  }
  for (const read of reads) memory.trail.push(read);
  return known.text;
}

/** What is to be known of a text to keep it. */
export interface TextOptions {
  /** Whether it is the text of a whole file, which may show the file's name. */
  readonly isFile: boolean;
  readonly pieces?: TextPieces | undefined;
  readonly variables?: readonly GoValue[] | undefined;
}

/** A text, and what is known of it; undefined where the same reads may give another text. */
export interface MadeText {
  readonly text: string;
  readonly remembered: RememberedText | undefined;
}

/** Makes a text and returns it with what it was made of. */
export function madeText(run: Run, { isFile, pieces, variables }: TextOptions, make: () => string): MadeText {
  const { memory, steps, produced } = run;
  const { unsteady, ofFile } = memory;
  const start = memory.trail.length;
  const text = make();
  if (memory.unsteady !== unsteady || (!isFile && memory.ofFile !== ofFile)) return { text, remembered: undefined };
  const { now } = memory;
  const reads = memory.take(start);
  const cost = { steps: run.steps - steps, produced: run.produced - produced };
  return { text, remembered: { text, reads, at: now, ...cost, used: now, pieces, variables } };
}
