import type { MapReads, RememberedText } from "./map-reads.ts";
import { countBytes, countSteps } from "./run-cost.ts";
import type { Run } from "./scope.ts";

/** What a text is remembered by: the map that is its data, and the template, file or statement that makes it. */
export interface TextKey {
  readonly reads: MapReads;
  readonly maker: unknown;
  /** Whether it is the text of a whole file, which may show the file's name. */
  readonly isFile: boolean;
}

/** Returns the text that was made last time where nothing that it read has changed, or makes it. */
export function rememberedText(run: Run, { reads, maker, isFile }: TextKey, make: () => string): string {
  const { memory } = run;
  if (!memory.isActive) return make();
  const known = reads.texts.get(maker);
  if (known !== undefined && isCurrent(known, memory.now)) return reuse(run, known);
  const { steps, produced } = run;
  const { text, log } = memory.logged(make);
  if (memory.isActive && log.isSteady && (isFile || !log.isOfFile)) {
    reads.texts.set(maker, {
      text,
      reads: [...log.reads],
      at: memory.now,
      steps: run.steps - steps,
      produced: run.produced - produced,
      used: memory.now,
    });
  }
  return text;
}

function isCurrent({ reads, at }: RememberedText, now: number): boolean {
  for (const read of reads) if (read.changedAt(now) > at) return false;
  return true;
}

function reuse(run: Run, known: RememberedText): string {
  const { memory } = run;
  // In the render that made a text its steps are counted already; in another one they count as if it were made again.
  if (known.used !== memory.now) {
    known.used = memory.now;
    countSteps(run, known.steps);
    countBytes(run, known.produced);
  } else {
    countBytes(run, known.text.length);
  }
  for (const read of known.reads) memory.log.reads.add(read);
  return known.text;
}
