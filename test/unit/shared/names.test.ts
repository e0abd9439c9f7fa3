import { describe, expect, it } from "vitest";

import { helmReleaseName, keyHash, limit, safeConcatName } from "../../../shared/names.ts";

const fifty = "1234567890".repeat(5);

describe("helmReleaseName", () => {
  it.each([
    ["bundle.name.example.com", "bundle-name-example-com-645ef821"],
    ["long-name-test-0.App_ ", "long-name-test-0-app-5bf6b3fb"],
    ["long-name-test--App_-_12.factor", "long-name-test-app-12-factor-0efbac37"],
    ["long-name-test-shortpath-with@char", "long-name-test-shortpath-with-char-031bab5e"],
    ["long-name-test-shortpath-with+char", "long-name-test-shortpath-with-char-21c88393"],
    ["opni-fleet-examples-fleets-opni-ui-plugin-operator-crd", "opni-fleet-examples-fleets-opni-ui-plugin-opera-021f7"],
    [`${fifty}123`, `${fifty}123`],
    [`${fifty}123a`, "12345678901234567890123456789012345678901234567-fdba4"],
    [`${fifty}1234567890123a`, "12345678901234567890123456789012345678901234567-eb12d"],
    [`${fifty.slice(0, 46)}-1234567`, "1234567890123456789012345678901234567890123456-d0bce"],
    ["a/b", "a-b"],
    ["a//b", "a-b"],
  ])("gives Fleet's name for %s", (text, name) => {
    expect(helmReleaseName(text)).toBe(name);
  });

  it("falls back to a hash where nothing usable is left", () => {
    expect(helmReleaseName("---")).toMatch(/^[0-9a-f]{24}$/u);
  });
});

describe("limit", () => {
  it.each([
    ["1234567", 5, "12345"],
    ["1234567", 6, "123456"],
    ["1234567", 7, "1234567"],
    ["12345678", 8, "12345678"],
    ["12345678", 7, "1-25d55"],
    ["123456789", 8, "12-25f9e"],
    ["1-3456789", 8, "1-9b657"],
  ])("cuts %s to %i characters as Fleet does", (text, length, cut) => {
    expect(limit(text, length)).toBe(cut);
  });
});

describe("safeConcatName", () => {
  it.each([
    [[""], ""],
    [["first", "second", "third"], "first-second-third"],
    [["a".repeat(63)], "a".repeat(63)],
    [["a".repeat(64)], `${"a".repeat(57)}-ffe05`],
    [["a".repeat(32), "a".repeat(32)], `${"a".repeat(32)}-${"a".repeat(24)}-da5ed`],
    [[`${"a".repeat(56)}-aaaaaaa`], `${"a".repeat(56)}-768c62`],
    [[`${"a".repeat(55)}--aaaaaaa`], `${"a".repeat(55)}--9e8cfe`],
  ])("joins %j below 64 characters", (parts, name) => {
    expect(safeConcatName(...parts)).toBe(name);
  });
});

describe("keyHash", () => {
  it("looks at the first 100 bytes only", () => {
    expect(keyHash(`${"x".repeat(100)}a`)).toBe(keyHash(`${"x".repeat(100)}b`));
    expect(keyHash("a")).toBe("ca978112ca1b");
  });
});
