import { describe, expect, it } from "vitest";
import { parseLabels } from "../../../cli/commands/label.ts";
import { parseOutput, printAge, printColumns, printServerTable, printValue } from "../../../cli/output.ts";

describe("tables", () => {
  it("pad each column to its widest cell and end no line with a space", () => {
    expect(
      printColumns(
        ["NAME", "STATE", "AGE"],
        [
          ["a-long-name", "Ready", ""],
          ["b", "", "3h"],
        ],
      ),
    ).toBe("NAME          STATE   AGE\na-long-name   Ready\nb                     3h");
  });

  const table = {
    columnDefinitions: [
      { name: "Name", priority: 0 },
      { name: "Ready", priority: 0 },
      { name: "Message", priority: 1 },
    ],
    rows: [{ cells: ["web", 3, "first\nsecond"], object: { metadata: { namespace: "team-a" } } }],
  };

  it("show the columns of priority 0, and all with wide", () => {
    expect(printServerTable(table, { wide: false, namespaces: false })).toBe("NAME   READY\nweb    3");
    expect(printServerTable(table, { wide: true, namespaces: true })).toBe(
      "NAMESPACE   NAME   READY   MESSAGE\nteam-a      web    3       first",
    );
  });

  it("say so when there is nothing", () => {
    expect(printServerTable({ ...table, rows: [] }, { wide: false, namespaces: false })).toBe("No resources found");
  });
});

describe("ages", () => {
  const now = Date.parse("2026-01-10T00:00:00Z");
  it.each([
    ["2026-01-09T23:59:55Z", "5s"],
    ["2026-01-09T23:48:00Z", "12m"],
    ["2026-01-09T21:00:00Z", "3h"],
    ["2026-01-01T00:00:00Z", "9d"],
    ["2026-01-10T00:05:00Z", "0s"],
  ])("print %s as %s", (time, age) => {
    expect(printAge(time, now)).toBe(age);
  });

  it("print a time that is not known as a dash", () => {
    expect(printAge(undefined, now)).toBe("-");
  });
});

describe("output formats", () => {
  it("are table unless said otherwise", () => {
    expect(parseOutput(undefined)).toBe("table");
    expect(parseOutput("wide")).toBe("wide");
    expect(() => parseOutput("csv")).toThrow("use table, wide, yaml, json");
  });

  it("keep integers that a double cannot hold", () => {
    const value = { big: 9007199254740993n, text: "on" };
    expect(printValue(value, "yaml")).toBe('big: 9007199254740993\ntext: "on"');
    expect(printValue(value, "json")).toBe('{\n  "big": 9007199254740993,\n  "text": "on"\n}');
  });
});

describe("labels", () => {
  it("are set with = and removed with a dash at the end", () => {
    expect(parseLabels(["tier=gold", "note=a=b", "empty=", "old-"])).toEqual({
      tier: "gold",
      note: "a=b",
      empty: "",
      old: null,
    });
  });

  it.each(["=gold", "tier", "-"])("cannot be %s", (word) => {
    expect(() => parseLabels([word])).toThrow("is no label");
  });
});
