import { expectText } from "../template/run-cost.ts";

/** What looking for the ends of documents takes for each character. */
const nanosecondsToSplit = 20;
const blanksBefore = /^[\s\u0085]+/u;

/** Returns the documents of a rendered text, cut where a line begins with `---`, empty ones left out (Helm: `SplitManifests`). */
export function splitManifests(text: string): string[] {
  expectText(text.length, nanosecondsToSplit);
  const trimmed = text.replace(blanksBefore, "");
  if (!trimmed.includes("---")) return trimmed === "" ? [] : [trimmed];
  return trimmed
    .split(/^---[ \t]*/mu)
    .map((part) => part.replace(blanksBefore, ""))
    .filter((part) => part !== "");
}
