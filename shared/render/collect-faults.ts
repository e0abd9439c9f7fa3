import { AppError } from "../errors.ts";

/**
 * Returns what `work` returns for each item. When it throws `AppError`s, all items are tried: one fault is thrown as it is,
 * several as one error with the code and position of the first, a message of all, and `errors`.
 */
export function collectFaults<Item, Result>(items: readonly Item[], work: (item: Item) => Result): Result[] {
  const results: Result[] = [];
  const faults: AppError[] = [];
  for (const item of items) {
    try {
      results.push(work(item));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      faults.push(error);
    }
  }
  const [first] = faults;
  if (first === undefined) return results;
  if (faults.length === 1) throw first;
  throw new AppError(first.code, faults.map(({ message }) => message).join("\n"), {
    verdict: first.verdict,
    errors: faults,
    ...(first.position === undefined ? {} : { position: first.position }),
  });
}
