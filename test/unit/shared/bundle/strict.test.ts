import { describe, expect, it } from "vitest";
import { strictFault } from "../../../../shared/bundle/strict.ts";
import type { BundleWarning } from "../../../../shared/bundle/warning.ts";

describe("strictFault", () => {
  it("lists every warning with code, file, line and column, at the place of the first", () => {
    const warnings: BundleWarning[] = [
      { code: "FIELD_FOR_ALL", message: "for all", position: { file: "a/fleet.yaml", line: 10, column: 1 } },
      { code: "KEY_UNKNOWN", message: "unknown key", position: { file: "a/fleet.yaml", line: 2, column: 3 } },
    ];
    expect(strictFault(warnings)).toMatchObject({
      code: "BUNDLE_STRICT",
      verdict: "stalled",
      position: { file: "a/fleet.yaml", line: 2, column: 3 },
      message:
        "refused because of strict: a/fleet.yaml:2:3: KEY_UNKNOWN: unknown key; a/fleet.yaml:10:1: FIELD_FOR_ALL: for all",
    });
  });

  it("is nothing without warnings", () => {
    expect(strictFault([])).toBeUndefined();
  });
});
