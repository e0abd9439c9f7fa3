import { posix } from "node:path";
import type { SourceImport } from "./read-imports.ts";

/** What the files of one folder may import. The longest folder that holds a file decides. */
export interface ImportRule {
  /** `codec`, or a folder or file below such as `bundler/store/postgres`. */
  readonly folder: string;
  /** Folders of ours, or single files. */
  readonly ours: readonly string[];
  /** Folders of ours that `ours` holds but that stay closed. */
  readonly except?: readonly string[];
  /** Package names; `node:*` is every built-in. */
  readonly packages: readonly string[];
  /** Packages whose types alone may be imported. */
  readonly typePackages?: readonly string[];
}

/** Returns, as `file → import`, what the rule of the file's folder does not allow; folders without a rule are free. */
export function forbiddenImports(
  file: string,
  imports: readonly SourceImport[],
  rules: readonly ImportRule[],
): string[] {
  const rule = rules
    .filter(({ folder }) => isWithin(file, folder))
    .toSorted((a, b) => b.folder.length - a.folder.length)[0];
  return imports
    .filter((item) => !hasFittingForm(item.specifier) || (rule !== undefined && !isAllowed(file, item, rule)))
    .map(({ specifier }) => `${file} → ${specifier}`);
}

/** Relative imports name the file, extension included; anything computed cannot be checked. */
function hasFittingForm(specifier: string): boolean {
  if (specifier === "<computed>") return false;
  return !specifier.startsWith(".") || /\.(?:ts|json)$/u.test(specifier);
}

function isAllowed(file: string, item: SourceImport, rule: ImportRule): boolean {
  if (item.specifier.startsWith(".")) {
    const target = posix.join(posix.dirname(file), item.specifier);
    const closed = (rule.except ?? []).some((folder) => isWithin(target, folder));
    return !closed && rule.ours.some((folder) => isWithin(target, folder));
  }
  const name = packageName(item.specifier);
  if (rule.packages.includes(name) || (name.startsWith("node:") && rule.packages.includes("node:*"))) return true;
  return item.typeOnly && (rule.typePackages ?? []).includes(name);
}

/** Returns the package of a specifier: `zod` of `zod/mini`, `@a/b` of `@a/b/c`; built-ins stay whole. */
export function packageName(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
