import { describe, expect, test } from "vitest";
import * as z from "zod";
import { AppError } from "../../../../shared/errors.ts";
import {
  numberSetting,
  pairsSetting,
  printableConfig,
  readConfig,
  setting,
  switchSetting,
  type ConfigSources,
} from "../../../../shared/runtime/config.ts";

const schema = z.object({
  hub: setting(z.url(), { description: "URL" }),
  token: setting(z.string().optional(), { description: "token", secret: true }),
  waitMs: numberSetting(100, [1, 1000], "wait"),
  verbose: switchSetting(false, "more"),
  label: pairsSetting("labels"),
});

const aFile = () => ({ hub: "http://file", waitMs: 1, token: "file" });

function noFile(): never {
  throw new Error("no such file");
}

function read(bend: Partial<ConfigSources>) {
  return readConfig(schema, { argv: [], env: {}, envPrefix: "T_", readFile: () => ({}), ...bend });
}

function faultsOf(bend: Partial<ConfigSources>): string[] {
  try {
    read(bend);
  } catch (error) {
    if (error instanceof AppError) return error.message.split("\n");
  }
  return [];
}

describe("readConfig", () => {
  test("takes flags over the environment over the file over defaults", () => {
    const env = { T_CONFIG: "/f", T_HUB: "http://env", T_WAIT_MS: "2" };
    const { config } = read({ argv: ["--hub", "http://flag", "--verbose"], env, readFile: aFile });
    expect(config).toEqual({ hub: "http://flag", waitMs: 2, token: "file", verbose: true, label: {} });
  });

  test("reads lists from repeated flags and from commas in the environment", () => {
    const flags = ["--hub=http://a", "--label", "env=dev", "--label", "note=a=b"];
    expect(read({ argv: flags }).config.label).toEqual({ env: "dev", note: "a=b" });
    expect(read({ argv: ["--hub=http://a"], env: { T_LABEL: "a=1, b=2" } }).config.label).toEqual({ a: "1", b: "2" });
  });

  test("turns a switch off with --no-", () => {
    const argv = ["--hub=http://a", "--no-verbose"];
    expect(read({ argv, env: { T_VERBOSE: "true" } }).config.verbose).toBe(false);
  });

  test("names every fault of every source at once", () => {
    const faults = faultsOf({
      argv: ["--wait-ms", "0", "--label", "x", "--nope", "stray"],
      readFile: () => ({ odd: 1 }),
    });
    expect(faults).toEqual(
      expect.arrayContaining([
        'unexpected argument "stray"',
        "unknown flag --nope",
        expect.stringContaining("--hub (T_HUB)"),
        expect.stringContaining("--wait-ms (T_WAIT_MS)"),
        expect.stringContaining("--label (T_LABEL)"),
      ]),
    );
  });

  test("refuses settings of a file that it does not know, and a file that cannot be read", () => {
    const argv = ["--hub=http://a", "--config", "/f"];
    expect(faultsOf({ argv, readFile: () => ({ odd: 1 }) })).toEqual(["unknown settings: odd"]);
    expect(faultsOf({ argv, readFile: noFile })).toEqual(["cannot read /f: no such file"]);
  });

  test("refuses a flag without its value", () => {
    expect(faultsOf({ argv: ["--hub"] })).toContain("--hub needs a value");
  });
});

test("printableConfig hides secrets that are set", () => {
  const { config } = read({ argv: ["--hub=http://a", "--token=abc"] });
  expect(printableConfig(schema, config)).toMatchObject({ hub: "http://a", token: "[hidden]" });
});
