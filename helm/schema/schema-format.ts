import { compileRegex } from "../functions/compile-regex.ts";
import { GoPanic } from "../template/go-value.ts";
import { addressFormats } from "./address-formats.ts";
import { timeFormats } from "./time-formats.ts";
import { characterFault, type FormatChecks } from "./format-check.ts";

const checks: FormatChecks = {
  ...timeFormats,
  ...addressFormats,
  "json-pointer": pointerFault,
  "relative-json-pointer": relativePointerFault,
  uuid: uuidFault,
  semver: semverFault,
  regex: regexFault,
};

/** Returns why a text is not of a format, in the words of jsonschema v6; undefined when it is, or nobody knows the format. */
export function formatFault(format: string, text: string): string | undefined {
  return Object.hasOwn(checks, format) ? checks[format]?.(text) : undefined;
}

function regexFault(text: string): string | undefined {
  try {
    compileRegex(text);
    return undefined;
  } catch (error) {
    if (error instanceof GoPanic) return error.message;
    throw error;
  }
}

function pointerFault(text: string): string | undefined {
  if (text === "") return undefined;
  if (!text.startsWith("/")) return "not starting with /";
  return /~(?![01])/u.test(text) ? "~ must be followed by 0 or 1" : undefined;
}

function relativePointerFault(text: string): string | undefined {
  const [digits = ""] = /^\d*/u.exec(text) ?? [];
  if (digits === "") return "must start with non-negative integer";
  if (digits.length > 1 && digits.startsWith("0")) return "starts with zero";
  const rest = text.slice(digits.length);
  return rest === "#" ? undefined : pointerFault(rest);
}

function uuidFault(text: string): string | undefined {
  const lengths = [8, 4, 4, 4, 12];
  const groups = text.split("-");
  if (groups.length !== lengths.length) return `must have ${lengths.length} elements`;
  for (const [index, group] of groups.entries()) {
    const wanted = lengths[index] ?? 0;
    if (Buffer.byteLength(group) !== wanted) return `element ${index + 1} must be ${wanted} characters long`;
    const fault = characterFault(group, /[0-9a-fA-F]/u, "non-hex character");
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function semverFault(text: string): string | undefined {
  const [, beforeBuild = "", build] = /^([^+]*)(?:\+([\s\S]*))?$/u.exec(text) ?? [];
  if (build === "") return "build is empty";
  for (const one of build?.split(".") ?? []) {
    if (one === "") return "build identifier is empty";
    const fault = characterFault(one, /[0-9A-Za-z-]/u, "invalid character");
    if (fault !== undefined) return `${fault} in build identifier`;
  }
  const dash = beforeBuild.indexOf("-");
  const core = dash < 0 ? beforeBuild : beforeBuild.slice(0, dash);
  for (const one of dash < 0 ? [] : beforeBuild.slice(dash + 1).split(".")) {
    if (one === "") return "pre-release identifier is empty";
    const fault = characterFault(one, /[0-9A-Za-z-]/u, "invalid character");
    if (fault !== undefined) return `${fault} in pre-release identifier`;
    if (/^0\d+$/u.test(one)) return "pre-release numeric identifier starts with zero";
  }
  return coreFault(core.split("."));
}

function coreFault(numbers: readonly string[]): string | undefined {
  if (numbers.length !== 3) return "versionCore must have 3 numbers separated by dot";
  for (const [index, name] of ["major", "minor", "patch"].entries()) {
    const number = numbers[index] ?? "";
    if (number === "") return `${name} is empty`;
    if (number.length > 1 && number.startsWith("0")) return `${name} starts with zero`;
    if (!/^\d+$/u.test(number)) return `${name} contains non-digit`;
  }
  return undefined;
}
