/** Bounds of what one repository may cost the hub. */
export interface FetchLimits {
  /** Wall time of one fetch. */
  readonly timeoutMs: number;
  /** Resident memory of the process that fetches. */
  readonly memoryBytes: number;
  readonly packBytes: number;
  readonly objects: number;
  /** One object, unpacked. */
  readonly objectBytes: number;
  /** All objects of one pack, unpacked. */
  readonly unpackedBytes: number;
  /** Directories below one another. */
  readonly treeDepth: number;
}

/** Bounds that every repository of the Fleet survey (fleet-usage.md) stays far below. */
export const defaultFetchLimits: FetchLimits = {
  timeoutMs: 120_000,
  memoryBytes: 768 * 1024 * 1024,
  packBytes: 256 * 1024 * 1024,
  objects: 2_000_000,
  objectBytes: 64 * 1024 * 1024,
  unpackedBytes: 2 * 1024 * 1024 * 1024,
  treeDepth: 100,
};
