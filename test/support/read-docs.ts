import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** One Markdown page of the project. */
export interface Page {
  /** Path from the project's root. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block of a page, without the indentation of the list it may stand in. */
export interface Block {
  readonly page: string;
  /** Line of its fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** Returns README, CHANGELOG, everything below docs/ and the examples' pages. */
export function readPages(): Page[] {
  const paths = ["README.md", "CHANGELOG.md", ...["docs", "examples"].flatMap(pagesBelow)];
  return paths.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

function pagesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `${folder}/${file}`);
}

/** Returns the fenced blocks of a page. */
export function blocksOf({ path, text }: Page): Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const fence = /^(?<indent> *)```(?<language>\w*)$/u.exec(lines[index] ?? "");
    if (fence?.groups === undefined) continue;
    const { indent = "", language = "" } = fence.groups;
    const end = lines.indexOf(`${indent}\`\`\``, index + 1);
    if (end === -1) throw new Error(`${path}:${index + 1}: this block has no end`);
    const body = lines.slice(index + 1, end).map((line) => line.slice(indent.length));
    blocks.push({ page: path, line: index + 1, language, text: body.join("\n") });
    index = end;
  }
  return blocks;
}

/** Returns the relative links of a page as paths from the project's root, without the part behind `#`. */
export function linksOf({ path, text }: Page): string[] {
  return [...text.matchAll(/\]\((?<target>[^)\s]+)\)/gu)]
    .map(({ groups }) => groups?.["target"] ?? "")
    .filter((target) => !/^[a-z]+:/u.test(target))
    .map((target) => join(path, "..", target.replace(/#.*$/u, "")));
}

/** Returns the commands of a shell block as words: comments and continued lines are done away with. */
export function commandsOf({ text }: Block): string[][] {
  return text
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.replace(/(?:^|\s)#.*$/u, "").trim())
    .filter((line) => line !== "")
    .flatMap((line) => line.split(" && "))
    .map((line) => line.split(/\s+/u));
}
