import { parseConstraint, satisfies, type VersionConstraint } from "../../functions/semver-constraint.ts";
import { compareVersions, parseVersion, type SemVersion } from "../../functions/semver-version.ts";
import { GoPanic } from "../../template/go-value.ts";
import { ChartSourceError } from "./chart-source-error.ts";

const strict = /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/u;

/** Returns whether a text is one whole version such as `1.2.3-rc.1`, and so not a range. */
export function isExactVersion(text: string): boolean {
  return strict.test(text);
}

/**
 * Returns which version is meant: that of the very same text, else the newest that satisfies the constraint; "" is the newest
 * stable one (Helm: `IndexFile.Get`). Undefined when there is none. Throws `ChartSourceError` for a malformed constraint.
 */
export function chooseVersion(versions: readonly string[], wanted: string): string | undefined {
  const constraint = readConstraint(wanted === "" ? "*" : wanted);
  if (wanted !== "" && versions.includes(wanted)) return wanted;
  let newest: { readonly text: string; readonly version: SemVersion } | undefined;
  for (const text of versions) {
    const version = readVersion(text);
    if (version === undefined || !satisfies(constraint, version)) continue;
    if (newest === undefined || compareVersions(version, newest.version) > 0) newest = { text, version };
  }
  return newest?.text;
}

function readConstraint(text: string): VersionConstraint {
  try {
    return parseConstraint(text);
  } catch (error) {
    if (!(error instanceof GoPanic)) throw error;
    throw new ChartSourceError("address", `version "${text}" is no version constraint: ${error.message}`, error);
  }
}

function readVersion(text: string): SemVersion | undefined {
  try {
    return parseVersion(text);
  } catch (error) {
    if (error instanceof GoPanic) return undefined;
    throw error;
  }
}
