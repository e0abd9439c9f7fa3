import { badRequest } from "./api-error.ts";

/** One condition on one field. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: "!=" | "=";
  readonly value: string;
}

/** A parsed field selector. */
export interface FieldSelector {
  /** Its conditions in their order in the sorted text; none means everything is selected. */
  readonly requirements: readonly FieldRequirement[];
  /** Returns whether an object is selected; the fields are those its kind offers, a missing one counts as empty. */
  readonly matches: (fields: Readonly<Record<string, string>>) => boolean;
}

function splitTerms(text: string): string[] {
  return text.match(/(?:\\[\s\S]?|[^,\\])+/g) ?? [];
}

function unescape(text: string): string {
  return text.replaceAll(/\\([\s\S]?)|[,=]/g, (found, escaped: string | undefined) => {
    if (escaped === undefined)
      throw badRequest(`invalid field selector: unescaped character in value: ${found.codePointAt(0)}`);
    if (escaped !== "" && "\\,=".includes(escaped)) return escaped;
    throw badRequest(`invalid field selector: invalid escape sequence: ${found}`);
  });
}

function parseTerm(selector: string, term: string): FieldRequirement {
  const found = /!=|==|=/.exec(term);
  if (found === null) throw badRequest(`invalid selector: '${selector}'; can't understand '${term}'`);
  return {
    field: term.slice(0, found.index),
    operator: found[0] === "!=" ? "!=" : "=",
    value: unescape(term.slice(found.index + found[0].length)),
  };
}

/**
 * Returns the selector of a query string (`metadata.name=web,status.phase!=Running`); `\` escapes `,`, `=` and
 * itself. Throws ApiError BadRequest with kube-apiserver's words.
 */
export function parseFieldSelector(text: string): FieldSelector {
  const requirements = splitTerms(text)
    .sort()
    .map((term) => parseTerm(text, term));
  return {
    requirements,
    matches: (fields) =>
      requirements.every(({ field, operator, value }) => {
        const actual = Object.hasOwn(fields, field) ? (fields[field] ?? "") : "";
        return (actual === value) === (operator === "=");
      }),
  };
}
