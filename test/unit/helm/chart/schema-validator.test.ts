import { describe, expect, it } from "vitest";
import { schemaFaults } from "../../../../helm/chart/schema-validator.ts";

describe("schemaFaults", () => {
  it("refuses a schema that refers to an address, and names it, without asking the network", () => {
    const schema = JSON.stringify({ properties: { a: { $ref: "https://schemas.example/a.json#/definitions/x" } } });
    expect(schemaFaults(schema, { a: 1 })).toContain("refers to https://schemas.example/a.json, which is not fetched");
    const dialect = JSON.stringify({ $schema: "https://schemas.example/own-dialect" });
    expect(schemaFaults(dialect, {})).toContain("refers to https://schemas.example/own-dialect");
  });

  it("lets anything pass for a urn that nobody knows, as Helm does", () => {
    const schema = JSON.stringify({ properties: { a: { $ref: "urn:example:a" }, b: { type: "string" } } });
    expect(schemaFaults(schema, { a: 1, b: "x" })).toBe("");
    expect(schemaFaults(schema, { a: 1, b: 2 })).toBe("- at '/b': got number, want string\n");
  });

  it("says that a schema is none", () => {
    expect(schemaFaults("{", {})).toContain("values.schema.json cannot be used");
    expect(schemaFaults("[]", {})).toContain("got array, want boolean or object");
    expect(schemaFaults('{"type": "nothing"}', {})).toContain("is not valid against metaschema");
  });

  it("reads the bounds of draft 4 as its booleans mean them", () => {
    const schema = JSON.stringify({
      $schema: "http://json-schema.org/draft-04/schema#",
      properties: { a: { minimum: 3, exclusiveMinimum: true }, b: { maximum: 3, exclusiveMaximum: false } },
    });
    expect(schemaFaults(schema, { a: 3, b: 3 })).toBe("- at '/a': exclusiveMinimum: got 3, want 3\n");
    expect(schemaFaults(schema, { a: 4, b: 4 })).toBe("- at '/b': maximum: got 4, want 3\n");
  });

  it("compares patterns as Go, in linear time", () => {
    const schema = JSON.stringify({ properties: { a: { pattern: "^(a+)+$" }, b: { pattern: String.raw`^\pL+\z` } } });
    const startMs = performance.now();
    expect(schemaFaults(schema, { a: `${"a".repeat(20_000)}!`, b: "é" })).toContain("does not match pattern");
    expect(performance.now() - startMs).toBeLessThan(2000);
  });
});
