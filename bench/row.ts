/** One measured figure. */
export interface BenchRow {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The same figure of what it is compared with, measured in the same run. */
  readonly floor?: number;
  /** What it is to reach (design, section 11). */
  readonly target?: string;
}

/** Returns the middle of some numbers, 0 of none. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? 0;
}
