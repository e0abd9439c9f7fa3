import type { Content } from "../api/content.ts";
import type { SourcePosition } from "../errors.ts";
import type { BundleDir } from "./find-bundle-dirs.ts";
import type { BundleWarning, WarningCode } from "./warning.ts";

/** Bytes above which Fleet's object is too large for an API server. */
const maxFleetBytes = 1_500_000;

/** Returns warnings about a bundle that holds more than was hardly meant: other bundles, the GitRepo itself, too much. */
export function checkSize({ content, dir }: { readonly content: Content; readonly dir: BundleDir }): BundleWarning[] {
  const warnings: BundleWarning[] = [];
  const position = { file: dir.path === "" ? "." : dir.path, line: 1, column: 1 };
  const nested = content.resources.filter(({ name }) => /\/fleet\.ya?ml$/u.test(name)).map(({ name }) => name);
  if (nested.length > 0) {
    const shown = nested.slice(0, 3).join(", ");
    const message = `the bundle holds the files of ${nested.length} other bundle(s) (${shown}${nested.length > 3 ? ", …" : ""}); name the directories in paths if that is not meant`;
    warnings.push(warning("BUNDLE_ACCIDENTAL", message, position));
  }
  const gitRepo = content.resources.find(
    ({ name, content: text, encoding }) =>
      encoding === undefined &&
      /\.ya?ml$/u.test(name) &&
      /^kind:\s*GitRepo\s*$/mu.test(text) &&
      text.includes("fleet.cattle.io"),
  );
  if (gitRepo !== undefined) {
    const message = `the bundle deploys the GitRepo manifest "${gitRepo.name}" to the target clusters; name the directories in paths if that is not meant`;
    warnings.push(warning("BUNDLE_ACCIDENTAL", message, position));
  }
  const bytes = content.resources.reduce((sum, resource) => sum + resource.content.length, 0);
  if (storedBytes(content) > maxFleetBytes) {
    const message = `the bundle has ${(bytes / 1e6).toFixed(1)} MB of files, more than Fleet can store in one object, and every cluster fetches all of it; leave out with .fleetignore what is not deployed`;
    warnings.push(warning("BUNDLE_TOO_BIG", message, position));
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
