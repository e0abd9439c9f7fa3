import type { NormalizedRemote } from "../../git-remote.ts";
import { type GitProgram, runGit } from "./run-git.ts";

/** What a remote has, by full name; annotated tags stand for their commit. */
export interface ListedRefs {
  readonly refs: ReadonlyMap<string, string>;
  /** The branch that HEAD names, as a full ref. */
  readonly head: string | undefined;
}

/** Returns the refs of a remote that begin with one of the prefixes, asked by the `git` program. Throws what `runGit` throws. */
export async function listRefs(
  program: GitProgram,
  { remote, prefixes }: { readonly remote: NormalizedRemote; readonly prefixes: readonly string[] },
  signal?: AbortSignal,
): Promise<ListedRefs> {
  const patterns = prefixes.flatMap((prefix) =>
    prefix.startsWith("refs/tags/") ? [prefix, `${prefix}^{}`] : [prefix],
  );
  const args = ["ls-remote", "--symref", "--", remote.url, ...patterns];
  const output = await runGit(program, { remote, args }, { signal });
  const refs = new Map<string, string>();
  let head: string | undefined;
  for (const line of output.toString("utf8").split("\n")) {
    const [value = "", name = ""] = line.split("\t");
    if (value.startsWith("ref: ") && name === "HEAD") head = value.slice("ref: ".length);
    if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(value))
      refs.set(name.endsWith("^{}") ? name.slice(0, -3) : name, value);
  }
  return { refs, head };
}
