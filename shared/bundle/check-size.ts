import type { Content } from "../api/content.ts";
import type { SourcePosition } from "../errors.ts";
import type { BundleDir } from "./find-bundle-dirs.ts";
import { joinPath } from "./repo-tree.ts";
import type { BundleWarning, WarningCode } from "./warning.ts";

/** Bytes above which Fleet's object is too large for an API server. */
const maxFleetBytes = 1_500_000;

const kindGitRepo = /^kind:\s*["']?GitRepo["']?\s*$/mu;

/** Returns warnings about a bundle that holds more than was hardly meant: other bundles, the GitRepo itself, too much. */
export function checkSize({ content, dir }: { readonly content: Content; readonly dir: BundleDir }): BundleWarning[] {
  const warnings: BundleWarning[] = [];
  const bundle = `the bundle of directory "${dir.path === "" ? "." : dir.path}"`;
  const at = (name: string, line = 1): SourcePosition => ({ file: joinPath(dir.path, name), line, column: 1 });
  const nested = content.resources.filter(({ name }) => /\/fleet\.ya?ml$/u.test(name)).map(({ name }) => name);
  const [first] = nested;
  if (first !== undefined) {
    const shown = nested.slice(0, 3).join(", ");
    const message = `${bundle} holds the files of ${nested.length} other bundle(s) (${shown}${nested.length > 3 ? ", …" : ""}); name the directories in paths if that is not meant`;
    warnings.push(warning("BUNDLE_ACCIDENTAL", message, at(first)));
  }
  const gitRepo = content.resources.find(
    ({ name, content: text, encoding }) =>
      encoding === undefined && /\.ya?ml$/u.test(name) && kindGitRepo.test(text) && text.includes("fleet.cattle.io"),
  );
  if (gitRepo !== undefined) {
    const message = `${bundle} deploys the GitRepo manifest "${gitRepo.name}" to the target clusters; name the directories in paths if that is not meant`;
    const line = gitRepo.content.slice(0, gitRepo.content.search(kindGitRepo)).split("\n").length;
    warnings.push(warning("BUNDLE_ACCIDENTAL", message, at(gitRepo.name, line)));
  }
  const bytes = content.resources.reduce((sum, resource) => sum + resource.content.length, 0);
  if (storedBytes(content) > maxFleetBytes) {
    const [largest] = content.resources.toSorted((a, b) => b.content.length - a.content.length);
    const message = `${bundle} has ${(bytes / 1e6).toFixed(1)} MB of files, more than Fleet can store in one object, and every cluster fetches all of it; leave out with .fleetignore what is not deployed`;
    warnings.push(warning("BUNDLE_TOO_BIG", message, at(largest?.name ?? "")));
  }
  return warnings;
}

/** About what Fleet's object takes: text shrinks to a quarter when compressed and encoded, other files do not. */
function storedBytes({ resources }: Content): number {
  return resources.reduce(
    (sum, { content: { length }, encoding }) => sum + (encoding === undefined ? length / 4 : length),
    0,
  );
}

function warning(code: WarningCode, message: string, position: SourcePosition): BundleWarning {
  return { code, message, position };
}
