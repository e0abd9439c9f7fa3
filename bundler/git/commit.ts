import type { CommitObject } from "./parse-objects.ts";

/** A commit whose files are on this machine. */
export interface Commit extends CommitObject {
  readonly id: string;
  /** Folder of the bare store that holds it, until the next fetch of this remote replaces it. */
  readonly gitDir: string;
  /** Name of (URL, credential, CA): caches of what was read belong under it. */
  readonly remoteKey: string;
  /** What was transferred; nothing when the commit was there already. */
  readonly fetched: { readonly bytes: number; readonly objects: number };
  readonly submodules: readonly FetchedSubmodule[];
}

/** A submodule whose commit is on this machine. */
export interface FetchedSubmodule {
  /** Where it is mounted, relative to the repository that declares it. */
  readonly path: string;
  readonly commit: Commit;
}
