import type { BinaryName } from "../kube/binary-recipes.ts";
import { findBinary } from "../kube/find-binary.ts";

/** Returns which of these programs are nowhere on this machine; the global set-up has built what could be built. */
export async function missingPrograms(names: readonly BinaryName[]): Promise<BinaryName[]> {
  const missing: BinaryName[] = [];
  for (const name of names) if ((await findBinary(name)) === undefined) missing.push(name);
  return missing;
}

/** Returns why tests that need these programs cannot run, or undefined where nothing is missing. */
export function reasonMissing(missing: readonly BinaryName[]): string | undefined {
  if (missing.length === 0) return undefined;
  return `missing ${missing.join(", ")}; 'node test/kube/build.ts' says why`;
}
