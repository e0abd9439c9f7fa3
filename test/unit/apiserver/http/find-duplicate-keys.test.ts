import { describe, expect, it } from "vitest";
import { parseJson } from "../../../../codec/parse-json.ts";
import { findDuplicateKeys } from "../../../../apiserver/http/find-duplicate-keys.ts";

const cases = [
  { name: "no key is given twice", text: '{"a":{"b":1},"c":[{"b":1},{"b":2}]}', paths: [] },
  { name: "a key at the top is given twice", text: '{"a":1,"b":2,"a":3}', paths: ["a"] },
  {
    name: "a key inside a list is given twice",
    text: '{"ports":[{"x":1},{"name":"a","name":"b"}]}',
    paths: ["ports[1].name"],
  },
  { name: "a whole object is given twice", text: '{"m":{"n":1},"m":{"n":2}}', paths: ["m"] },
  { name: "a key is given three times", text: '{"a":1,"a":2,"a":3}', paths: ["a"] },
  { name: "keys differ only in how they are escaped", text: '{"a":1,"\\u0061":2}', paths: ["a"] },
  { name: "strings look like keys", text: '{"a":"{\\"a\\":1, \\"a\\":2}","b":["a:",":"]}', paths: [] },
] as const;

describe("findDuplicateKeys", () => {
  it.for(cases)("finds what there is when $name", ({ text, paths }) => {
    expect(findDuplicateKeys(text, parseJson(text))).toEqual(paths);
  });
});
