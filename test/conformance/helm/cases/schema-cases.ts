import type { JsonValue } from "../../../../codec/json-value.ts";

/** A schema for a value, and values that are held to it. */
export interface SchemaCase {
  readonly schema: JsonValue;
  readonly values: readonly JsonValue[];
}

const text = "x".repeat(3);

/** Schemas of keywords that every draft has, or ignores. */
export const keywordCases: readonly SchemaCase[] = [
  { schema: { type: "string" }, values: ["a", 1, null] },
  { schema: { type: ["integer", "null"] }, values: [1, 1.5, 2.0, null, "x", [1], {}] },
  { schema: { type: "number", minimum: 1000, maximum: 2_000_000 }, values: [999.5, 1000, 3_000_000, 1e25] },
  { schema: { minimum: 3, exclusiveMinimum: true }, values: [3, 4] },
  { schema: { exclusiveMinimum: 3, exclusiveMaximum: 5 }, values: [3, 4, 5] },
  { schema: { multipleOf: 0.1 }, values: [0.3, 0.35] },
  { schema: { minLength: 2, maxLength: 3 }, values: ["a", text, "four", "😀😀", 7] },
  { schema: { pattern: "^[a-z]+$" }, values: ["abc", "A'b\"", 3] },
  { schema: { enum: ["a", "b'c", 3, null, true] }, values: ["a", 3, "z"] },
  { schema: { enum: [[1], { a: 1 }] }, values: [[1], { a: 1 }, 1] },
  { schema: { enum: ["only"] }, values: ["other"] },
  { schema: { const: "c" }, values: ["c", "d"] },
  { schema: { const: { a: [1] } }, values: [{ a: [1] }, { a: [2] }] },
  { schema: { minItems: 2, maxItems: 3, uniqueItems: true }, values: [[1], [1, 2], [1, 2, 1], [1, 2, 3, 4]] },
  { schema: { items: { type: "string" } }, values: [["a", 1, 2], []] },
  { schema: { contains: { type: "string" } }, values: [[1, "a"], [1, 2], []] },
  { schema: { contains: { minimum: 5 }, minContains: 2, maxContains: 3 }, values: [[1], [6], [6, 7], [6, 7, 8, 9]] },
  {
    schema: { required: ["a", "b"], minProperties: 1, maxProperties: 2 },
    values: [{}, { a: 1 }, { a: 1, b: 2, c: 3 }],
  },
  {
    schema: { properties: { a: { type: "string" } }, additionalProperties: false },
    values: [{ a: "x" }, { a: 1, b: 2 }],
  },
  { schema: { additionalProperties: { type: "integer" } }, values: [{ a: 1 }, { a: "x", b: "y" }] },
  {
    schema: { patternProperties: { "^x-": { type: "string" } }, additionalProperties: false },
    values: [{ "x-a": "b" }, { "x-a": 1, y: 2 }],
  },
  { schema: { propertyNames: { pattern: "^[a-z]$" } }, values: [{ a: 1 }, { AB: 1 }] },
  { schema: { dependencies: { a: ["b", "c"], d: { required: ["e"] } } }, values: [{ a: 1, b: 1 }, { d: 1 }, { x: 1 }] },
  {
    schema: { dependentRequired: { a: ["b"] }, dependentSchemas: { c: { required: ["d"] } } },
    values: [{ a: 1 }, { c: 1 }],
  },
  { schema: { allOf: [{ type: "object" }, { required: ["a"] }, { minProperties: 2 }] }, values: [{}, { a: 1, b: 1 }] },
  { schema: { anyOf: [{ type: "string" }, { type: "integer", minimum: 3 }] }, values: ["a", 3, 2, null] },
  { schema: { oneOf: [{ type: "integer" }, { minimum: 2 }, { type: "null" }] }, values: [1, 2, 2.5, "a", null, 1.5] },
  { schema: { not: { type: "string" } }, values: ["a", 1] },
  {
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    schema: { if: { required: ["a"] }, then: { required: ["b"] }, else: { required: ["c"] } },
    values: [{ a: 1 }, {}, { c: 1 }],
  },
  { schema: { $ref: "#/definitions/port" }, values: [80, 0, "x"] },
  { schema: { $ref: "#/definitions/port", maximum: 10 }, values: [80, 5] },
  { schema: { anyOf: [{ $ref: "#/definitions/port" }, { $ref: "#/definitions/named" }] }, values: [0, "X", "name", 5] },
  {
    schema: { $ref: "#/definitions/tree" },
    values: [{ value: 1, next: { value: 2 } }, { next: { next: { value: "x" } } }],
  },
  {
    schema: { properties: { a: { properties: { b: { type: "string" }, c: { type: "string" } } } } },
    values: [{ a: { b: 1, c: 2 } }],
  },
  {
    schema: { unevaluatedProperties: false, properties: { a: true }, allOf: [{ properties: { b: {} } }] },
    values: [{ a: 1, b: 1 }, { c: 1 }],
  },
  { schema: { not: {} }, values: [1] },
];

/** Texts by format. */
export const formatCases: Readonly<Record<string, readonly string[]>> = {
  date: ["2026-02-28", "2026-02-30", "2026-13-01", "26-01-01", "2026/01/01", "2026-01-01x"],
  time: [
    "12:00:00Z",
    "12:00",
    "12-00-00Z",
    "25:00:00Z",
    "23:59:60Z",
    "12:00:60Z",
    "12:00:00.Z",
    "12:00:00+1:00",
    "12:00:00+01:00",
  ],
  "date-time": [
    "2026-01-01T00:00:00Z",
    "2026-01-01 00:00:00Z",
    "2026-01-01",
    "2026-02-31T00:00:00Z",
    "2026-01-01T99:00:00Z",
  ],
  duration: ["P1D", "PT1H", "P1W", "1D", "P", "PW", "P1", "PT", "P1S", "P1D1Y", "PD"],
  period: ["P1D/2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z/P1D", "x", "x/y"],
  email: ["a@b.example", "a", ".a@b", "a.@b", "a..b@c", "a b@c", '"a b"@c', "a@[1.2.3.4]", "a@[1.2.3]", "a@-b"],
  hostname: ["a.example", "-a", "a-", "a..b", "a_b", "a.example.", "x".repeat(64)],
  ipv4: ["1.2.3.4", "1.2.3", "01.2.3.4", "1.2.3.256", "1.2.3.x"],
  ipv6: ["::1", "1", "fe80::1%eth0"],
  uri: ["https://a.example/b", "b/c", ":x", "http://[::1", "http://a b", "//a", "http://a:b"],
  "uri-reference": ["a/b", "a\\b", ":x"],
  "uri-template": ["http://a/{b}", "http://a/{b", "http://a/{b}}"],
  uuid: [
    "2eb8aa08-aa98-11ea-b4aa-73b441d16380",
    "2eb8aa08",
    "2eb8aa08-aa98-11ea-b4aa-73b441d1638",
    "2eb8aa08-aa98-11ea-b4aa-73b441d1638g",
  ],
  "json-pointer": ["/a/b", "a", "/a~2", "/a~"],
  "relative-json-pointer": ["1/a", "0#", "a", "01/a", "1a"],
  regex: ["^a$", "a("],
  semver: ["1.2.3", "1.2", "01.2.3", "1.2.x", "1.2.3-", "1.2.3-01", "1.2.3+", "1.2.3-a_b", "1..3"],
  unknown: ["anything"],
};

/** Schemas that are none, or refer to nothing. */
export const faultySchemas: readonly JsonValue[] = [
  { type: "nothing" },
  { minimum: "x" },
  { pattern: "a(" },
  { required: "a" },
  { properties: [] },
  { $ref: "#/definitions/none" },
  { $ref: "#none" },
  { enum: 1 },
  { items: 3 },
];
