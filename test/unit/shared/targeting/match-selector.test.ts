import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { LabelSelector } from "../../../../shared/api/label-selector.ts";
import { type Labels, compileSelector, selectorAtoms } from "../../../../shared/targeting/match-selector.ts";

const labels: Labels = { env: "prod", region: "eu", empty: "" };

function expression(operator: string, key: string, ...values: string[]): LabelSelector {
  return { matchExpressions: [{ key, operator, ...(values.length === 0 ? {} : { values }) }] };
}

describe("compileSelector", () => {
  it.each<{ name: string; selector: LabelSelector; matches: boolean }>([
    { name: "matches everything when empty", selector: {}, matches: true },
    { name: "matches equal labels", selector: { matchLabels: { env: "prod", region: "eu" } }, matches: true },
    { name: "refuses a differing label", selector: { matchLabels: { env: "prod", region: "us" } }, matches: false },
    { name: "refuses a missing label", selector: { matchLabels: { tier: "" } }, matches: false },
    { name: "matches an empty value", selector: { matchLabels: { empty: "" } }, matches: true },
    { name: "finds a value with In", selector: expression("In", "env", "dev", "prod"), matches: true },
    { name: "misses a value with In", selector: expression("In", "env", "dev"), matches: false },
    { name: "misses a label with In", selector: expression("In", "tier", "gold"), matches: false },
    { name: "refuses a value with NotIn", selector: expression("NotIn", "env", "prod"), matches: false },
    { name: "takes a missing label with NotIn", selector: expression("NotIn", "tier", "gold"), matches: true },
    { name: "finds a label with Exists", selector: expression("Exists", "empty"), matches: true },
    { name: "misses a label with Exists", selector: expression("Exists", "tier"), matches: false },
    { name: "takes a missing label with DoesNotExist", selector: expression("DoesNotExist", "tier"), matches: true },
    {
      name: "wants all parts",
      selector: { matchLabels: { env: "prod" }, ...expression("Exists", "tier") },
      matches: false,
    },
    { name: "knows no inherited label", selector: expression("Exists", "constructor"), matches: false },
  ])("$name", ({ selector, matches }) => {
    expect(compileSelector(selector)(labels)).toBe(matches);
  });

  it.each<{ name: string; selector: LabelSelector; message: RegExp }>([
    {
      name: "an unknown operator",
      selector: expression("Like", "env", "p"),
      message: /"Like" is no selector operator/u,
    },
    { name: "In without values", selector: expression("In", "env"), message: /needs values/u },
    { name: "Exists with values", selector: expression("Exists", "env", "x"), message: /takes no values/u },
    { name: "a malformed value", selector: { matchLabels: { env: "not valid!" } }, message: /no valid label value/u },
    { name: "a malformed key", selector: { matchLabels: { "a b": "x" } }, message: /no valid label key/u },
    {
      name: "a value that is too long",
      selector: { matchLabels: { env: "x".repeat(64) } },
      message: /no valid label value/u,
    },
    { name: "a key with two slashes", selector: { matchLabels: { "a/b/c": "x" } }, message: /no valid label key/u },
  ])("refuses $name", ({ selector, message }) => {
    expect(() => compileSelector(selector)).toThrow(message);
    expect(() => compileSelector(selector)).toThrow(expect.objectContaining({ code: "TARGET_SELECTOR_INVALID" }));
  });
});

const keys = fc.constantFrom("env", "region", "tier");
const values = fc.constantFrom("a", "b", "c");
const anyLabels = fc.dictionary(keys, values, { maxKeys: 3 });
const anyExpression = fc.oneof(
  fc.record({
    key: keys,
    operator: fc.constantFrom("In", "NotIn"),
    values: fc.array(values, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ key: keys, operator: fc.constantFrom("Exists", "DoesNotExist") }),
);
const anySelector = fc.record({ matchLabels: anyLabels, matchExpressions: fc.array(anyExpression, { maxLength: 3 }) });

/** The definition, word by word, as a second opinion. */
function holds(selector: LabelSelector, own: Labels): boolean {
  const exact = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => own[key] === value);
  return (
    exact &&
    (selector.matchExpressions ?? []).every(({ key, operator, values: listed = [] }) => {
      const value = own[key];
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      const isListed = value !== undefined && listed.includes(value);
      return operator === "In" ? isListed : !isListed;
    })
  );
}

describe("any selector", () => {
  it("matches exactly what its definition says", () => {
    fc.assert(
      fc.property(anySelector, anyLabels, (selector, own) => {
        expect(compileSelector(selector)(own)).toBe(holds(selector, own));
      }),
      { seed: 1 },
    );
  });

  it("matches clusters alike that agree on its atoms", () => {
    fc.assert(
      fc.property(anySelector, anyLabels, anyLabels, (selector, one, other) => {
        const signature = (own: Labels): string =>
          JSON.stringify(
            selectorAtoms(selector).map(({ key, values: told }) => {
              const value = own[key];
              return value === undefined ? null : told.includes(value) ? value : true;
            }),
          );
        fc.pre(signature(one) === signature(other));
        const matches = compileSelector(selector);
        expect(matches(one)).toBe(matches(other));
      }),
      { seed: 2 },
    );
  });
});
