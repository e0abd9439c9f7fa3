import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { blocksOf, commandsOf, readPages } from "../../support/read-docs.ts";

const page = readPages().find(({ path }) => path === "docs/how-to/explain-a-field.md");
const blocks = page === undefined ? [] : blocksOf(page);
const examples = blocks.flatMap((block, index) => {
  const answer = blocks[index + 1];
  const [words = []] = commandsOf(block);
  if (block.language !== "sh" || answer?.language !== "text") return [];
  const [, ...rest] = words.map((word) => word.replaceAll("'", ""));
  return [{ title: `line ${block.line}`, words: rest, answer: answer.text }];
});

describe("docs/how-to/explain-a-field.md", () => {
  it("has examples", () => {
    expect(examples.length).toBeGreaterThan(3);
  });

  it.each(examples)("$title shows what the command prints", async ({ words, answer }) => {
    const { context, output } = createTestContext({ cwd: join(import.meta.dirname, "../../../examples/quick-start") });
    expect(await runCli(words, context)).toBe(0);
    const lines = output().trimEnd().split("\n");
    expect(lines.map((line) => line.trimEnd()).join("\n")).toBe(answer);
  });
});
