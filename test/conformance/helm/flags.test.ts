import { describe, expect, it } from "vitest";
import type { Command } from "../../../cli/command.ts";
import { helmDependency } from "../../../cli/commands/helm-dependency.ts";
import { helmLint } from "../../../cli/commands/helm-lint.ts";
import { helmPull } from "../../../cli/commands/helm-pull.ts";
import { helmShow } from "../../../cli/commands/helm-show.ts";
import { helmTemplate } from "../../../cli/commands/helm-template.ts";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { runDroverHelm, runRealHelm } from "./run-helm.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));

interface Compared {
  readonly command: Command;
  /** Calls whose help names the flags. */
  readonly helm: readonly (readonly string[])[];
  readonly words: readonly string[];
  readonly unnamed?: readonly string[];
}

const commands: readonly Compared[] = [
  { command: helmLint, helm: [["lint"]], words: ["lint", "."] },
  { command: helmPull, helm: [["pull"]], words: ["pull", "x"] },
  {
    command: helmShow,
    helm: ["all", "chart", "values", "readme", "crds"].map((part) => ["show", part]),
    words: ["show", "all", "x"],
  },
  {
    command: helmDependency,
    helm: ["list", "update", "build"].map((word) => ["dependency", word]),
    words: ["dependency", "update", "x"],
  },
  // Helm takes it without naming it in its help.
  { command: helmTemplate, helm: [["template"]], words: ["template", "x"], unnamed: ["validate"] },
];

/** Flags of `helm … --help`: their names with their letters. */
async function flagsOf(words: readonly string[]): Promise<Map<string, string | undefined>> {
  const { stdout } = await runRealHelm([...words, "--help"], import.meta.dirname);
  const lines = stdout.matchAll(/^ {2}(?: {4}|-(\w), )--([a-z-]+)/gmu);
  return new Map(
    [...lines].map(([, letter, name = ""]) => [name, letter] as const).filter(([name]) => name !== "help"),
  );
}

describe.skipIf(!isThere)("flags of drover helm", () => {
  it.each(commands)("are those of helm, with their letters: $command.name", async ({ command, helm, unnamed = [] }) => {
    const lists = await Promise.all(helm.map(flagsOf));
    const theirs = new Map(lists.flatMap((list) => [...list]));
    for (const name of unnamed) theirs.set(name, undefined);
    expect(theirs.size).toBeGreaterThan(20);
    const ours = new Map(Object.entries(command.options).map(([name, { short }]) => [name, short] as const));
    expect(Object.fromEntries(ours)).toStrictEqual(Object.fromEntries(theirs));
  });

  it.each(commands)("are refused with a reason where they do nothing: $command.name", async ({ command, words }) => {
    const refused = Object.entries(command.options).filter(([, { description }]) =>
      description.startsWith("Refused: "),
    );
    expect(refused.length).toBeGreaterThan(15);
    for (const [name, { type, description }] of refused) {
      const { fault } = await runDroverHelm([...words, `--${name}`, ...(type === "string" ? ["v"] : [])], "/");
      expect(fault).toContain(`--${name} is refused: ${description.slice("Refused: ".length).replace(/\.$/u, "")}`);
    }
  });
});
