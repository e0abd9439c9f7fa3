/** One thing between an agent, its cluster and its hub that can be tried on its own. */
export interface Hop {
  readonly name: string;
  /** Returns what was found, in a sentence; throws HopFault when it fails. */
  try(): Promise<string>;
}

/** A hop that fails: what is wrong, and what a person can do about it. */
export class HopFault extends Error {
  readonly mend: string;

  constructor(problem: string, mend: string, cause?: unknown) {
    super(problem, { cause });
    this.name = "HopFault";
    this.mend = mend;
  }
}

/** What came of a hop; those behind one that fails are not tried. */
export interface HopResult {
  readonly hop: string;
  readonly result: "ok" | "failed" | "not tried";
  readonly message: string;
  readonly mend?: string;
}

/** Tries hops in their order until one fails, and returns what came of each. */
export async function walkHops(hops: readonly Hop[]): Promise<HopResult[]> {
  const results: HopResult[] = [];
  let broken = false;
  for (const hop of hops) {
    const result: HopResult = broken ? notTried(hop) : await walkHop(hop);
    broken ||= result.result === "failed";
    results.push(result);
  }
  return results;
}

function notTried({ name }: Hop): HopResult {
  return { hop: name, result: "not tried", message: "" };
}

async function walkHop(hop: Hop): Promise<HopResult> {
  try {
    return { hop: hop.name, result: "ok", message: await hop.try() };
  } catch (error) {
    if (!(error instanceof HopFault)) throw error;
    return { hop: hop.name, result: "failed", message: error.message, mend: error.mend };
  }
}

/** Returns the result of a step of a hop; what it throws becomes the hop's fault, with the mend for it. */
export async function orFault<T>(work: () => Promise<T>, mend: (error: unknown) => string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HopFault) throw error;
    throw new HopFault(error instanceof Error ? error.message : String(error), mend(error), error);
  }
}

/** Returns the code of one of Node's errors, "" when it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
