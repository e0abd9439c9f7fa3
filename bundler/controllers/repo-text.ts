import type { RepoKey } from "./deploy-commit.ts";

/** Returns the name under which maps and queues know a GitRepo. */
export function textOf({ namespace, name }: RepoKey): string {
  return `${namespace}/${name}`;
}

/** Returns the GitRepo that a text of `textOf` names. */
export function keyOf(text: string): RepoKey {
  const slash = text.indexOf("/");
  return { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}
