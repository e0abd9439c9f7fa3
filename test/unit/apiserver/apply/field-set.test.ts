import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  fieldSetOf,
  hasPath,
  intersectFields,
  listPaths,
  subtractFields,
  subtractFieldTrees,
  unionFields,
} from "../../../../apiserver/apply/field-set.ts";
import { decodeFieldsV1, encodeFieldsV1 } from "../../../../apiserver/apply/fields-v1.ts";
import {
  comparePathElements,
  fieldPath,
  formatPath,
  keyElement,
  parsePathElement,
  valueElement,
} from "../../../../apiserver/apply/path-element.ts";

const element = fc.oneof(
  fc.constantFrom("a", "b", "c", ".").map((name) => `f:${name}`),
  fc.constantFrom(1, 2, "x").map((value) => valueElement(value)),
  fc.record({ name: fc.constantFrom("p", "q"), port: fc.constantFrom(1, 10) }).map((keys) => keyElement(keys)),
);
const paths = fc.array(fc.array(element, { minLength: 1, maxLength: 3 }), { maxLength: 8 });

function texts(set: Parameters<typeof listPaths>[0]): string[] {
  return listPaths(set)
    .map((path) => path.join("/"))
    .sort();
}

describe("field sets", () => {
  it("behave as sets of paths", () => {
    fc.assert(
      fc.property(paths, paths, (left, right) => {
        const [a, b] = [fieldSetOf(...left), fieldSetOf(...right)];
        const [mine, theirs] = [
          new Set(left.map((path) => path.join("/"))),
          new Set(right.map((path) => path.join("/"))),
        ];
        expect(texts(unionFields(a, b))).toEqual([...mine.union(theirs)].sort());
        expect(texts(intersectFields(a, b))).toEqual([...mine.intersection(theirs)].sort());
        expect(texts(subtractFields(a, b))).toEqual([...mine.difference(theirs)].sort());
      }),
    );
  });

  it("lose what lies below a path too, when trees are subtracted", () => {
    const set = fieldSetOf(fieldPath("spec"), fieldPath("spec", "a"), fieldPath("status", "a"));
    expect(texts(subtractFieldTrees(set, fieldSetOf(fieldPath("spec"))))).toEqual(["f:status/f:a"]);
  });

  it("come back from fieldsV1 as they were", () => {
    fc.assert(
      fc.property(paths, (list) => {
        const set = fieldSetOf(...list);
        expect(texts(decodeFieldsV1(encodeFieldsV1(set)))).toEqual(texts(set));
      }),
    );
  });

  it("are written with fields first, then keys, then values, each sorted", () => {
    const set = fieldSetOf(
      [valueElement("b")],
      [valueElement(10)],
      [valueElement(9)],
      [keyElement({ port: 81, name: "a" })],
      ["f:z"],
      ["f:a", "f:b"],
      ["f:a"],
    );
    expect(JSON.stringify(encodeFieldsV1(set))).toBe(
      JSON.stringify({
        "f:a": { ".": {}, "f:b": {} },
        "f:z": {},
        'k:{"name":"a","port":81}': {},
        "v:9": {},
        "v:10": {},
        'v:"b"': {},
      }),
    );
  });

  it("know a path only when it is a member itself", () => {
    const set = fieldSetOf(fieldPath("spec", "a"));
    expect([hasPath(set, fieldPath("spec", "a")), hasPath(set, fieldPath("spec"))]).toEqual([true, false]);
  });
});

describe("path elements", () => {
  it("have one spelling whatever the order of keys", () => {
    expect(parsePathElement('k:{"port":1, "name":"x"}')).toBe('k:{"name":"x","port":1}');
  });

  it("are printed as structured-merge-diff prints them", () => {
    const path = [...fieldPath("spec", "ports"), keyElement({ port: 80, name: "x\n" }), valueElement("y"), "i:3"];
    expect(formatPath(path)).toBe('.spec.ports[name="x\\n",port=80][="y"][3]');
  });

  it.each(["x:1", "k:[]", "k:{", "i:x", ""])("refuse %j", (text) => {
    expect(() => parsePathElement(text)).toThrow(SyntaxError);
  });

  it("have a total order", () => {
    fc.assert(
      fc.property(element, element, element, (a, b, c) => {
        expect(Math.sign(comparePathElements(a, b)) + Math.sign(comparePathElements(b, a))).toBe(0);
        const [first, middle, last] = [a, b, c].toSorted(comparePathElements);
        const steps = [first, middle, last].map((step) => step ?? "");
        expect(comparePathElements(steps[0] ?? "", steps[2] ?? "")).toBeLessThanOrEqual(0);
      }),
    );
  });
});
