import { createHash } from "node:crypto";
import type { RandomCall, RandomSource } from "../template/scope.ts";

/** One recorded result. It may be a password or a private key: keep tapes where secrets are kept. */
export interface TapeEntry {
  /** Function, template and a hash of the arguments: `randAlphaNum@web/templates/secret.yaml#1f0c…`. */
  readonly key: string;
  readonly value: string;
}

/** The results of a run's random functions, in the order in which they were drawn. */
export type RandomTape = readonly TapeEntry[];

/** A random source that replays a tape and records what the run drew. */
export interface RecordingSource extends RandomSource {
  /** Returns what was drawn so far: replayed by a later run of the same templates and values it gives the same bytes. */
  readonly tape: () => RandomTape;
  /** Returns how many results were drawn anew, because the old tape did not have them. */
  readonly fresh: () => number;
}

/**
 * Returns a source that answers each call from the tape where it has an answer for the same function, template and
 * arguments (the first such call gets the first such entry, and so on), else draws a new result. So a chart that grows a
 * second password keeps its first one, and a changed argument asks for a new one.
 */
export function createRecordingSource(old: RandomTape = []): RecordingSource {
  const waiting = new Map<string, string[]>();
  for (const { key, value } of old) {
    const values = waiting.get(key);
    if (values === undefined) waiting.set(key, [value]);
    else values.push(value);
  }
  for (const values of waiting.values()) values.reverse();
  const drawn: TapeEntry[] = [];
  let fresh = 0;
  return {
    tape: () => [...drawn],
    fresh: () => fresh,
    draw: (call, produce) => {
      const key = tapeKey(call);
      let value = waiting.get(key)?.pop();
      if (value === undefined) {
        value = produce();
        fresh++;
      }
      drawn.push({ key, value });
      return value;
    },
  };
}

function tapeKey(call: RandomCall): string {
  const hash = createHash("sha256");
  for (const arg of call.args) hash.update(`${arg.length}:${arg}`);
  return `${call.name}@${call.template}#${hash.digest("hex").slice(0, 16)}`;
}
