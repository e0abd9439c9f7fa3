import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { AppError } from "../../shared/errors.ts";
import type { ObjectFormat } from "./object-format.ts";
import { isOid } from "./object-format.ts";

/** Commits whose every object is in the store, newest first, and where their history is cut. */
export interface StoreState {
  readonly commits: readonly string[];
  readonly shallow: readonly string[];
}

const maxCommits = 16;
const damagedFile = "damaged";
const refPrefix = "refs/drover/";

/** Creates the files of a bare repository that git itself can read, and removes what a killed fetch left half done. */
export function initBareStore(gitDir: string, format: ObjectFormat): void {
  mkdirSync(join(gitDir, "objects", "pack"), { recursive: true, mode: 0o700 });
  mkdirSync(join(gitDir, "refs", "heads"), { recursive: true, mode: 0o700 });
  for (const name of readdirSync(join(gitDir, "objects", "pack"))) {
    if (name.startsWith("tmp")) rmSync(join(gitDir, "objects", "pack", name), { force: true });
  }
  for (const name of ["shallow.lock", "packed-refs.lock"]) rmSync(join(gitDir, name), { force: true });
  const sha256 = format === "sha256";
  const core = `[core]\n\trepositoryformatversion = ${sha256 ? 1 : 0}\n\tbare = true\n[gc]\n\tauto = 0\n`;
  writeFileSync(join(gitDir, "config"), sha256 ? `${core}[extensions]\n\tobjectformat = sha256\n` : core);
  writeFileSync(join(gitDir, "HEAD"), "ref: refs/heads/main\n");
}

/** Returns what the store holds; an absent or damaged record is an empty one. */
export function readStoreState(gitDir: string): StoreState {
  const commits = lines(join(gitDir, "packed-refs"))
    .map((line) => line.split(" "))
    .filter(([oid = "", ref = ""]) => isOid(oid) && ref.startsWith(refPrefix))
    .toSorted(([, left = ""], [, right = ""]) => (left < right ? 1 : -1))
    .map(([oid = ""]) => oid);
  return { commits, shallow: lines(join(gitDir, "shallow")).filter(isOid) };
}

/** Records commits as complete, each as a ref of its own, so that git keeps what they need. */
export function writeStoreState(gitDir: string, state: StoreState): void {
  const kept = [...new Set(state.commits)].slice(0, maxCommits);
  const refs = kept.map((oid, index) => `${oid} ${refPrefix}${String(99 - index).padStart(2, "0")}`);
  replaceFile(join(gitDir, "shallow"), state.shallow.map((oid) => `${oid}\n`).join(""));
  replaceFile(join(gitDir, "packed-refs"), `# pack-refs with: sorted\n${refs.toSorted(bySecondWord).join("\n")}\n`);
}

/** Whether an error means that what is stored cannot be trusted, and a fresh fetch may cure it. */
export function isStoreFault(error: AppError): boolean {
  return error.code === "GIT_STORE_CORRUPT" || error.code === "GIT_OBJECT_MISSING";
}

/** Notes that a store is damaged: it is not used for another fetch. A store that has gone needs no note. */
export function markDamaged(gitDir: string): void {
  if (existsSync(gitDir)) writeFileSync(join(gitDir, damagedFile), "");
}

/** Returns whether somebody found the store damaged. */
export function isDamaged(gitDir: string): boolean {
  return existsSync(join(gitDir, damagedFile));
}

/** Returns the number of packs and the next pack's name: numbers rise, so the newest is found first. */
export function nextPack(gitDir: string): { readonly packs: number; readonly number: string } {
  const names = readdirSync(join(gitDir, "objects", "pack")).filter((name) => name.endsWith(".idx"));
  const numbers = names.map((name) => Number.parseInt(/^pack-(\d{8})/u.exec(name)?.[1] ?? "0", 10));
  return { packs: names.length, number: String(Math.max(0, ...numbers) + 1).padStart(8, "0") };
}

function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}

function bySecondWord(left: string, right: string): number {
  return (left.split(" ")[1] ?? "") < (right.split(" ")[1] ?? "") ? -1 : 1;
}
