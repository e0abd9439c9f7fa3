import { fn, type GoFunction } from "../template/go-function.ts";
import { parseConstraint, satisfies, type VersionConstraint } from "./semver-constraint.ts";
import { parseVersion } from "./semver-version.ts";

const constraints = new Map<string, VersionConstraint>();
const maxCached = 1000;

function cachedConstraint(text: string): VersionConstraint {
  const known = constraints.get(text);
  if (known !== undefined) return known;
  if (constraints.size >= maxCached) constraints.clear();
  const constraint = parseConstraint(text);
  constraints.set(text, constraint);
  return constraint;
}

/** Versions; see sprig's `semver.go`. */
export const semverFunctions: Readonly<Record<string, GoFunction>> = {
  semver: fn(["string"], parseVersion),
  semverCompare: fn(["string", "string"], (constraint, version) =>
    satisfies(cachedConstraint(constraint), parseVersion(version)),
  ),
};
