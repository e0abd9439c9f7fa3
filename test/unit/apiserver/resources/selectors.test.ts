import { describe, expect, it } from "vitest";
import { parseFieldSelector } from "../../../../apiserver/resources/field-selector.ts";
import { labelSelectorOf, parseLabelSelector } from "../../../../apiserver/resources/label-selector.ts";
import { ApiError } from "../../../../apiserver/resources/api-error.ts";

const labels = { app: "web", tier: "front", weight: "10", constructor: "x" };

describe("label selectors", () => {
  it.each([
    { selector: "", selected: true },
    { selector: "app=web", selected: true },
    { selector: "app==web,tier!=back", selected: true },
    { selector: "app=db", selected: false },
    { selector: "missing!=x", selected: true },
    { selector: "app in (db, web)", selected: true },
    { selector: "app notin (db,web)", selected: false },
    { selector: "missing notin (a)", selected: true },
    { selector: "tier", selected: true },
    { selector: "!tier", selected: false },
    { selector: "!missing", selected: true },
    { selector: "toString", selected: false },
    { selector: "weight>9", selected: true },
    { selector: "weight<10", selected: false },
    { selector: "app>1", selected: false },
    { selector: "missing=", selected: false },
  ])("$selector selects: $selected", ({ selector, selected }) => {
    expect(parseLabelSelector(selector).matches(labels)).toBe(selected);
  });

  it("are sorted by key", () => {
    expect(parseLabelSelector("z,a=1,m!=2").requirements.map(({ key }) => key)).toEqual(["a", "m", "z"]);
  });

  it("of objects select by labels and expressions together", () => {
    const selector = labelSelectorOf({
      matchLabels: { app: "web" },
      matchExpressions: [
        { key: "tier", operator: "In", values: ["front", "back"] },
        { key: "missing", operator: "DoesNotExist" },
      ],
    });
    expect([selector.matches(labels), selector.matches({ app: "web" })]).toEqual([true, false]);
  });

  it("of objects select nothing when missing, everything when empty", () => {
    expect([labelSelectorOf(undefined).matches(labels), labelSelectorOf({}).matches({})]).toEqual([false, true]);
  });

  it.each([
    { key: "a", operator: "Near", values: ["b"] },
    { key: "a", operator: "In", values: [] },
    { key: "a", operator: "Exists", values: ["b"] },
    { key: "-", operator: "Exists" },
  ])("of objects refuse $key $operator $values", (expression) => {
    expect(() => labelSelectorOf({ matchExpressions: [expression] })).toThrow(ApiError);
  });
});

describe("field selectors", () => {
  const fields = { "metadata.name": "a,b", "status.phase": "Running" };

  it.each([
    { selector: "", selected: true },
    { selector: "status.phase=Running", selected: true },
    { selector: "status.phase!=Running", selected: false },
    { selector: "metadata.name=a\\,b,status.phase==Running", selected: true },
    { selector: "spec.nodeName=", selected: true },
    { selector: "toString=", selected: true },
  ])("$selector selects: $selected", ({ selector, selected }) => {
    expect(parseFieldSelector(selector).matches(fields)).toBe(selected);
  });
});
