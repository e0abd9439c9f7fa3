// The rules and their wording are those of k8s.io/apimachinery (pkg/api/validate/content, pkg/util/validation).

function regexProblem(message: string, pattern: string, examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(" or ");
  return `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

// Both mean bytes: label rules say so, the older rules for names still say characters.
type LengthUnit = "bytes" | "characters";

function tooLong(limit: number, unit: LengthUnit): string {
  return `must be no more than ${limit} ${unit}`;
}

interface Rule {
  readonly limit: number;
  readonly unit: LengthUnit;
  readonly pattern: string;
  readonly message: string;
  readonly examples: readonly string[];
}

function createCheck({ limit, unit, pattern, message, examples }: Rule): (value: string) => string[] {
  const regex = new RegExp(`^(?:${pattern})$`);
  return (value) => [
    ...(Buffer.byteLength(value) > limit ? [tooLong(limit, unit)] : []),
    ...(regex.test(value) ? [] : [regexProblem(message, pattern, examples)]),
  ];
}

const labelFormat = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomainFormat = `${labelFormat}(\\.${labelFormat})*`;
const keyFormat = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const keyMessage =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const keyExamples = ["MyName", "my.name", "123-abc"];

const subdomainRule = {
  limit: 253,
  pattern: subdomainFormat,
  message:
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  examples: ["example.com"],
};

/** Returns what is wrong with a DNS subdomain, the form of most object names; empty when it is valid. */
export const subdomainProblems = createCheck({ ...subdomainRule, unit: "characters" });

const prefixProblems = createCheck({ ...subdomainRule, unit: "bytes" });

const checkDnsLabel = createCheck({
  limit: 63,
  unit: "characters",
  pattern: labelFormat,
  message:
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  examples: ["my-name", "123-abc"],
});

/** Returns what is wrong with a DNS label, the form of namespace names; empty when it is valid. */
export function dnsLabelProblems(value: string): string[] {
  const problems = checkDnsLabel(value);
  const dots = problems.length > 0 && new RegExp(`^${subdomainFormat}$`).test(value) && value.includes(".");
  return dots ? [...problems.filter((text) => text === tooLong(63, "characters")), "must not contain dots"] : problems;
}

/** Returns what is wrong with an RFC 1035 label, the form of Service names; empty when it is valid. */
export const dns1035LabelProblems = createCheck({
  limit: 63,
  unit: "characters",
  pattern: "[a-z]([-a-z0-9]*[a-z0-9])?",
  message:
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  examples: ["my-name", "abc-123"],
});

/** Returns what is wrong with a label's value; empty when it is valid. */
export const labelValueProblems = createCheck({
  limit: 63,
  unit: "bytes",
  pattern: `(${keyFormat})?`,
  message:
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  examples: ["MyValue", "my_value", "12345"],
});

/** Returns what is wrong with the key of a label or annotation; empty when it is valid. */
export function labelKeyProblems(key: string): string[] {
  const parts = key.split("/");
  if (parts.length > 2) {
    const problem = regexProblem(`a valid label key ${keyMessage}`, keyFormat, keyExamples);
    return [`${problem} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const name = parts.at(-1) ?? "";
  const problems: string[] = [];
  const [prefix] = parts;
  if (parts.length === 2 && prefix !== undefined) {
    if (prefix === "") problems.push("prefix part must be non-empty");
    else problems.push(...prefixProblems(prefix).map((text) => `prefix part ${text}`));
  }
  if (name === "") problems.push("name part must be non-empty");
  else if (Buffer.byteLength(name) > 63) problems.push(`name part ${tooLong(63, "bytes")}`);
  if (!new RegExp(`^${keyFormat}$`).test(name)) {
    problems.push(`name part ${regexProblem(keyMessage, keyFormat, keyExamples)}`);
  }
  return problems;
}
