import { describe, expect, it } from "vitest";
import { loadAllCommands, loadCommand } from "../../../cli/commands.ts";
import { runCli } from "../../../cli/main.ts";
import { droverVersion } from "../../../shared/version.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { createTempDir } from "../../support/temp-dir.ts";

const commands = await loadAllCommands();

async function drover(...words: readonly string[]) {
  await using folder = await createTempDir("cli");
  const { context, output, errors } = createTestContext({ cwd: folder.path });
  const code = await runCli(words, context);
  return { code, output: output(), errors: errors() };
}

describe("drover", () => {
  it("lists every command with what it does, and says what exit codes mean", async () => {
    const { code, output } = await drover("--help");
    expect(code).toBe(0);
    for (const { name } of commands) expect(output).toMatch(new RegExp(`^  ${name} +\\S`, "mu"));
    for (const { summary } of commands) expect(output).toContain(summary);
    expect(output).toContain("Exit codes: 0 fine, 1 failed, 2 wrong usage, 3 not ready.");
  });

  it("prints the overview when called with nothing", async () => {
    expect(await drover()).toEqual(await drover("help"));
  });

  it("prints its version", async () => {
    expect(await drover("--version")).toEqual({ code: 0, output: `${droverVersion}\n`, errors: "" });
  });

  it("refuses an unknown command with exit code 2 and where to look", async () => {
    const { code, errors } = await drover("frobnicate", "now");
    expect(code).toBe(2);
    expect(errors).toBe("unknown command frobnicate now: `drover --help` lists them\n");
  });

  it("refuses an unknown option with the command's usage", async () => {
    const { code, errors } = await drover("status", "--colour");
    expect(code).toBe(2);
    expect(errors).toContain("--colour");
    expect(errors).toContain("Usage: drover status");
  });

  it("refuses an option that lacks its value", async () => {
    const { code, errors } = await drover("get", "clusters", "--output");
    expect(code).toBe(2);
    expect(errors).toContain("--output");
  });

  it("takes the longest command that the words name", async () => {
    const { code, output } = await drover("help", "gitrepo", "add");
    expect(code).toBe(0);
    expect(output).toContain("Usage: drover gitrepo add NAME URL");
  });
});

const parsed = commands.filter(({ passThrough }) => passThrough !== true);

describe.each(commands)("drover $name", (command) => {
  it("is found by its name", async () => {
    expect(await loadCommand(command.name)).toBe(command);
  });

  it("has a usage line, examples that call it, and a summary without a full stop", async () => {
    const { code, output } = await drover("help", ...command.name.split(" "));
    expect(code).toBe(0);
    expect(output).toContain(`Usage: drover ${command.name}`);
    expect(command.examples.length).toBeGreaterThan(0);
    for (const example of command.examples) {
      expect(example.startsWith(`drover ${command.name}`)).toBe(true);
      expect(output).toContain(`  ${example}\n`);
    }
    expect(command.summary).not.toMatch(/\.$/u);
  });

  it("describes every option in one sentence that ends with a full stop", () => {
    for (const [name, option] of Object.entries(command.options)) {
      expect(`--${name}: ${option.description}`).toMatch(/: \S.*\.$/su);
      expect({ name, takesValue: option.type === "string" }).toEqual({ name, takesValue: option.value !== undefined });
    }
  });

  it("gives each short option to one option only", () => {
    const shorts = Object.values(command.options).flatMap(({ short }) => (short === undefined ? [] : [short]));
    expect(new Set(shorts).size).toBe(shorts.length);
  });
});

describe.each(parsed)("the examples of drover $name", (command) => {
  it("use only options that the command has", () => {
    for (const example of command.examples) {
      for (const [, name = ""] of example.matchAll(/ --([a-z-]+)/gu))
        expect(Object.keys(command.options)).toContain(name);
    }
  });
});

describe("calls that lack something", () => {
  const cases = [
    { words: ["get"], says: "KIND is missing" },
    { words: ["get", "pods"], says: "unknown kind pods" },
    { words: ["get", "clusters", "-o", "xml"], says: "unknown output format xml: use table, wide, yaml, json" },
    { words: ["describe", "cluster"], says: "NAME is missing" },
    { words: ["label", "cluster", "a"], says: "no label: give KEY=VALUE" },
    { words: ["label", "cluster", "a", "tier"], says: "tier is no label" },
    { words: ["gitrepo", "add", "config"], says: "URL is missing" },
    {
      words: ["gitrepo", "add", "c", "https://git.example/c", "--all-clusters", "--cluster-group", "g"],
      says: "--all-clusters goes with neither",
    },
    { words: ["gitrepo", "delete"], says: "NAME is missing" },
    { words: ["register-token", "delete"], says: "NAME is missing" },
    { words: ["approve", "gitrepo"], says: "NAME is missing" },
    { words: ["approve", "bundle", "web"], says: "--cluster is missing" },
    { words: ["target"], says: "--clusters is missing" },
    { words: ["render"], says: "--clusters is missing" },
    { words: ["lint", "--cluster", "a"], says: "--cluster needs --clusters" },
    { words: ["lint", "-o", "xml"], says: "unknown output format xml" },
    { words: ["bundle", "--label", "tier"], says: "tier is no label" },
    { words: ["bundle", "--sync-generation", "one"], says: "--sync-generation takes a whole number" },
    { words: ["status"], says: "no kubeconfig: name the hub's with --kubeconfig" },
    { words: ["status", "--kubeconfig", "/nowhere/kubeconfig"], says: "kubeconfig /nowhere/kubeconfig does not exist" },
  ];

  it.each(cases)("end with exit code 2: drover $words", async ({ words, says }) => {
    const { code, output, errors } = await drover(...words);
    expect(errors).toContain(says);
    expect(errors).toContain("Usage: drover ");
    expect({ code, output }).toEqual({ code: 2, output: "" });
  });
});
