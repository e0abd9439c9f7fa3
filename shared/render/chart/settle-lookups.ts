import { clusterObject } from "../../../helm/functions/objects/cluster-object.ts";
import type { LookupObject } from "../../../helm/template/scope.ts";
import { AppError } from "../../errors.ts";
import type { LookupAnswer, LookupQuery } from "./lookup-answer.ts";

/** What a render with lookups comes to. */
export interface Settled<T> {
  readonly result: T;
  /** The answers that it rests on: with them the next render asks nothing and gives the same. */
  readonly answers: readonly LookupAnswer[];
}

/** Each round answers everything that the one before asked: more rounds than that are lookups that feed lookups. */
const maxRounds = 20;
const retryMs = 60_000;

/**
 * Renders until nothing is asked whose answer is not known: what templates look up is recorded, answered by `ask`, and
 * the render begun anew. Throws what `render` throws once all is answered, to be tried again where answers may change,
 * and `RENDER_LIMIT`.
 */
export async function settleLookups<T>(
  render: (lookup: LookupObject) => T,
  known: readonly LookupAnswer[],
  ask: (queries: readonly LookupQuery[]) => Promise<readonly LookupAnswer[]>,
): Promise<Settled<T>> {
  const answers = new Map(known.map((answer) => [keyOf(answer.query), answer]));
  for (let round = 0; round < maxRounds; round++) {
    const used = new Map<string, LookupAnswer>();
    const unknown = new Map<string, LookupQuery>();
    const lookup: LookupObject = (query) => {
      const key = keyOf(query);
      const answer = answers.get(key);
      if (answer === undefined) unknown.set(key, query);
      else used.set(key, answer);
      return answer?.object === undefined ? new Map() : clusterObject(answer.object);
    };
    const outcome = attempt(() => render(lookup));
    if (unknown.size === 0) {
      if ("error" in outcome) throw used.size === 0 ? outcome.error : untilAnswersChange(outcome.error);
      return { result: outcome.value, answers: [...used.values()] };
    }
    for (const answer of await ask([...unknown.values()])) answers.set(keyOf(answer.query), answer);
  }
  throw new AppError("RENDER_LIMIT", `what templates look up leads to more lookups, ${maxRounds} times over`, {
    verdict: "stalled",
  });
}

function keyOf({ apiVersion, kind, namespace, name }: LookupQuery): string {
  return JSON.stringify([apiVersion, kind, namespace, name]);
}

function attempt<T>(work: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}

/** A chart that refuses what it found may be content with what it finds later. */
function untilAnswersChange(error: unknown): unknown {
  if (!(error instanceof AppError) || error.verdict !== "stalled") return error;
  const { code, message, details, cause } = error;
  return new AppError(code, message, { verdict: "waiting", afterMs: retryMs, details, cause });
}
