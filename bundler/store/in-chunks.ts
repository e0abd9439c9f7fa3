/** Sizes of a list in a statement: few, since each is a statement of its own to prepare. */
const sizes = [1, 20, 400];

/** One list for `IN (…)`: what to write there, and the parameters. */
export interface Chunk {
  readonly marks: string;
  readonly values: readonly string[];
}

/** Returns values in lists that both engines take; the last one is repeated where a list is not full. */
export function inChunks(values: readonly string[]): Chunk[] {
  const largest = sizes.at(-1) ?? 1;
  return Array.from({ length: Math.ceil(values.length / largest) }, (_, number) => {
    const some = values.slice(number * largest, (number + 1) * largest);
    const size = sizes.find((candidate) => candidate >= some.length) ?? some.length;
    const last = some.at(-1) ?? "";
    return { marks: "?, ".repeat(size - 1) + "?", values: [...some, ...Array<string>(size - some.length).fill(last)] };
  });
}
