import { GoPanic } from "../template/go-value.ts";
import { quoteString } from "../template/quote-string.ts";
import { comparePrerelease, compareVersions, parseVersion, type SemVersion } from "./semver-version.ts";

const maxLength = 512;
const maxGroups = 32;

const version =
  String.raw`v?([0-9|x|X|\*]+)(\.[0-9|x|X|\*]+)?(\.[0-9|x|X|\*]+)?` +
  String.raw`(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?`;
/** Longest first, so that the first choice is the one that Go's leftmost match ends with. */
const operators = String.raw`=>|=<|=|!=|>=|<=|>|<|~>|~|\^|`;
const single = new RegExp(String.raw`^\s*(${operators})\s*(${version})\s*$`);
const range = new RegExp(String.raw`\s*(${version})\s+-\s+(${version})\s*`, "g");
const each = new RegExp(String.raw`(${operators})\s*(${version})`, "g");
const token = String.raw`(?:${operators})\s*(?:${version.replaceAll(/\((?!\?)/g, "(?:")})`;
const valid = new RegExp(String.raw`^(?:\s*${token}\s*)(?:(?:\s+|,\s*)${token}\s*)*$`);

interface Constraint {
  readonly operator: string;
  readonly version: SemVersion;
  readonly dirty: boolean;
  readonly minorDirty: boolean;
  readonly patchDirty: boolean;
}

/** A constraint like `>=1.19-0, <2 || ^3`: groups of which one must hold as a whole. */
export interface VersionConstraint {
  readonly groups: readonly { readonly constraints: readonly Constraint[]; readonly hasPrerelease: boolean }[];
}

/** Returns a constraint by the rules of Masterminds' semver v3.5. Throws `GoPanic` with the library's words. */
export function parseConstraint(text: string): VersionConstraint {
  if (text.length > maxLength) throw new GoPanic(`constraint string is too long (max ${maxLength} bytes)`);
  const parts = rewriteRanges(text).split("||");
  if (parts.length > maxGroups) throw new GoPanic(`too many constraint groups (max ${maxGroups})`);
  return {
    groups: parts.map((part) => {
      if (!valid.test(part)) throw new GoPanic(`improper constraint: ${quoteString(part)}`);
      const constraints = (part.match(each) ?? [part]).map((one) => parseSingle(one));
      return { constraints, hasPrerelease: constraints.some((constraint) => constraint.version.pre !== "") };
    }),
  };
}

function rewriteRanges(text: string): string {
  return text.replaceAll(range, (...found: (string | undefined)[]) => `>= ${found[1] ?? ""}, <= ${found[11] ?? ""} `);
}

function isAny(part: string): boolean {
  return part === "" || part === "x" || part === "X" || part === "*";
}

function parseSingle(text: string): Constraint {
  const found = single.exec(text);
  if (found === null) throw new GoPanic(`improper constraint: ${quoteString(text)}`);
  const [, operator = "", whole = "", major = "", minor = "", patch = "", pre = ""] = found;
  const anyMajor = isAny(major);
  const minorDirty = !anyMajor && isAny(minor.replace(".", ""));
  const patchDirty = !anyMajor && !minorDirty && isAny(patch.replace(".", ""));
  let read = whole;
  if (anyMajor) read = `0.0.0${pre}`;
  else if (minorDirty) read = `${major}.0.0${pre}`;
  else if (patchDirty) read = `${major}${minor}.0${pre}`;
  try {
    const dirty = anyMajor || minorDirty || patchDirty;
    return { operator, version: parseVersion(read), dirty, minorDirty, patchDirty };
  } catch (error) {
    if (error instanceof GoPanic) throw new GoPanic("constraint parser error", { cause: error });
    throw error;
  }
}

/** Returns whether a version satisfies a constraint. Pre-releases do only where the group names one. */
export function satisfies(constraint: VersionConstraint, candidate: SemVersion): boolean {
  return constraint.groups.some(({ constraints, hasPrerelease }) => {
    if (candidate.pre !== "" && !hasPrerelease) return false;
    return constraints.every((one) => holds(one, candidate));
  });
}

function holds(constraint: Constraint, candidate: SemVersion): boolean {
  const order = compareVersions(candidate, constraint.version);
  switch (constraint.operator) {
    case "!=":
      return !equalsDirty(constraint, candidate);
    case ">":
      return isGreater(constraint, candidate, order);
    case "<":
      return order < 0;
    case ">=":
    case "=>":
      return order >= 0;
    case "<=":
    case "=<":
      return isAtMost(constraint, candidate, order);
    case "~":
    case "~>":
      return inTilde(constraint, candidate, order);
    case "^":
      return inCaret(constraint, candidate, order);
    default:
      return constraint.dirty ? inTilde(constraint, candidate, order) : order === 0;
  }
}

function equalsDirty(constraint: Constraint, candidate: SemVersion): boolean {
  const { version: wanted, dirty, minorDirty, patchDirty } = constraint;
  if (dirty) {
    if (wanted.major !== candidate.major) return false;
    if (minorDirty) return true;
    if (wanted.minor !== candidate.minor) return false;
    if (patchDirty) return comparePrerelease(candidate.pre, wanted.pre) === 0;
    if (wanted.patch !== candidate.patch) return false;
  }
  return compareVersions(candidate, wanted) === 0;
}

function isGreater(constraint: Constraint, candidate: SemVersion, order: number): boolean {
  const { version: wanted, dirty, minorDirty, patchDirty } = constraint;
  if (!dirty) return order > 0;
  if (candidate.major !== wanted.major) return candidate.major > wanted.major;
  if (minorDirty) return false;
  return patchDirty ? candidate.minor > wanted.minor : order > 0;
}

function isAtMost(constraint: Constraint, candidate: SemVersion, order: number): boolean {
  const { version: wanted, dirty, minorDirty } = constraint;
  if (!dirty) return order <= 0;
  if (candidate.major > wanted.major) return false;
  return !(candidate.major === wanted.major && candidate.minor > wanted.minor && !minorDirty);
}

function inTilde(constraint: Constraint, candidate: SemVersion, order: number): boolean {
  const { version: wanted, minorDirty, patchDirty } = constraint;
  if (order < 0) return false;
  const isZero = wanted.major === 0n && wanted.minor === 0n && wanted.patch === 0n;
  if (isZero && !minorDirty && !patchDirty) return true;
  if (candidate.major !== wanted.major) return false;
  return candidate.minor === wanted.minor || minorDirty;
}

function inCaret(constraint: Constraint, candidate: SemVersion, order: number): boolean {
  const { version: wanted, minorDirty, patchDirty } = constraint;
  if (order < 0) return false;
  if (wanted.major > 0n || minorDirty) return candidate.major === wanted.major;
  if (candidate.major > 0n) return false;
  if (wanted.minor > 0n || patchDirty) return candidate.minor === wanted.minor;
  return candidate.minor === 0n && candidate.patch === wanted.patch;
}
