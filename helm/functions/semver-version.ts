import { quoteString } from "../template/quote-string.ts";
import { fn, type GoFunction } from "../template/go-function.ts";
import { type GoField, GoInt, GoObject, GoPanic, type GoValue, goInt } from "../template/go-value.ts";

const loose =
  /^v?([0-9]+)(\.[0-9]+)?(\.[0-9]+)?(-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

const maxLength = 256;

/** A version as Masterminds' semver v3 reads it: `v1`, `1.2` and leading zeros are fine. */
export class SemVersion extends GoObject {
  readonly goType = "*semver.Version";
  readonly kind = "ptr";
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly pre: string;
  readonly metadata: string;
  readonly original: string;

  constructor(parts: {
    readonly numbers: readonly [bigint, bigint, bigint];
    readonly pre: string;
    readonly metadata: string;
    readonly original?: string;
  }) {
    super();
    [this.major, this.minor, this.patch] = parts.numbers;
    this.pre = parts.pre;
    this.metadata = parts.metadata;
    this.original = parts.original ?? this.goString();
  }

  override field(_name: string): GoField | undefined {
    return undefined;
  }

  override method(name: string): GoFunction | undefined {
    return versionMethods(this)[name];
  }

  goString(): string {
    const pre = this.pre === "" ? "" : `-${this.pre}`;
    const metadata = this.metadata === "" ? "" : `+${this.metadata}`;
    return `${this.major}.${this.minor}.${this.patch}${pre}${metadata}`;
  }

  override goSyntax(): string {
    const { major, minor, patch, pre, metadata, original } = this;
    const numbers = Object.entries({ major, minor, patch }).map(([name, part]) => `${name}:0x${part.toString(16)}`);
    const texts = Object.entries({ pre, metadata, original }).map(([name, text]) => `${name}:${quoteString(text)}`);
    return `&semver.Version{${[...numbers, ...texts].join(", ")}}`;
  }

  toJsonValue(): GoValue {
    return this.goString();
  }
}

function uint(value: bigint): GoInt {
  return new GoInt(value, "uint64");
}

function versionMethods(version: SemVersion): Readonly<Record<string, GoFunction>> {
  const { major, minor, patch } = version;
  return {
    Major: fn([], () => uint(major)),
    Minor: fn([], () => uint(minor)),
    Patch: fn([], () => uint(patch)),
    Prerelease: fn([], () => version.pre),
    Metadata: fn([], () => version.metadata),
    Original: fn([], () => version.original),
    String: fn([], () => version.goString()),
    Compare: fn(["value"], (other) => goInt(compareVersions(version, asVersion(other)))),
    Equal: fn(["value"], (other) => compareVersions(version, asVersion(other)) === 0),
    LessThan: fn(["value"], (other) => compareVersions(version, asVersion(other)) < 0),
    LessThanEqual: fn(["value"], (other) => compareVersions(version, asVersion(other)) <= 0),
    GreaterThan: fn(["value"], (other) => compareVersions(version, asVersion(other)) > 0),
    GreaterThanEqual: fn(["value"], (other) => compareVersions(version, asVersion(other)) >= 0),
    IncMajor: fn([], () => plain([major + 1n, 0n, 0n])),
    IncMinor: fn([], () => plain([major, minor + 1n, 0n])),
    IncPatch: fn([], () => plain([major, minor, version.pre === "" ? patch + 1n : patch])),
    SetPrerelease: fn(
      ["string"],
      (pre) => new SemVersion({ numbers: [major, minor, patch], pre, metadata: version.metadata }),
    ),
    SetMetadata: fn(
      ["string"],
      (metadata) => new SemVersion({ numbers: [major, minor, patch], pre: version.pre, metadata }),
    ),
  };
}

function plain(numbers: readonly [bigint, bigint, bigint]): SemVersion {
  return new SemVersion({ numbers, pre: "", metadata: "" });
}

function asVersion(value: GoValue): SemVersion {
  if (value instanceof SemVersion) return value;
  throw new GoPanic("wrong type for value; expected *semver.Version");
}

/** Returns a version. Throws `GoPanic` with the library's words. */
export function parseVersion(text: string): SemVersion {
  if (text.length > maxLength) throw new GoPanic(`version string is too long (max ${maxLength} bytes)`);
  const parts = loose.exec(text);
  if (parts === null) throw new GoPanic("invalid semantic version");
  const [, major = "0", minor = ".0", patch = ".0", , pre = "", , metadata = ""] = parts;
  const numbers = [major, minor, patch].map((part) => segment(part.replace(".", "")));
  const [first = 0n, second = 0n, third = 0n] = numbers;
  if (pre.split(".").some((part) => /^0\d+$/.test(part))) throw new GoPanic("version segment starts with 0");
  return new SemVersion({ numbers: [first, second, third], pre, metadata, original: text });
}

function segment(text: string): bigint {
  const value = BigInt(text);
  if (value < 2n ** 64n) return value;
  throw new GoPanic(`error parsing version segment: strconv.ParseUint: parsing "${text}": value out of range`);
}

/** Compares two versions: negative, 0 or positive. Build metadata does not count. */
export function compareVersions(a: SemVersion, b: SemVersion): number {
  const pairs = [
    [a.major, b.major],
    [a.minor, b.minor],
    [a.patch, b.patch],
  ] as const;
  for (const [left, right] of pairs) {
    if (left !== right) return left < right ? -1 : 1;
  }
  return comparePrerelease(a.pre, b.pre);
}

/** Compares pre-release parts; none is later than any. */
export function comparePrerelease(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "") return 1;
  if (b === "") return -1;
  const [left, right] = [a.split("."), b.split(".")];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const order = comparePart(left[index] ?? "", right[index] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

function comparePart(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "") return -1;
  if (b === "") return 1;
  const [numberA, numberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (numberA && numberB) return BigInt(a) > BigInt(b) ? 1 : -1;
  if (numberA !== numberB) return numberA ? -1 : 1;
  return a > b ? 1 : -1;
}
