import { seededRandom } from "./random-template.ts";

/** Values as people write them; `@I` is the indentation of what goes on in the next line. */
const scalars = [
  "a",
  "1",
  "true",
  "null",
  "~",
  "'q'",
  '"d\\n"',
  "a:b",
  "x y",
  "yes",
  "0x1f",
  "1.0",
  "2020-01-01",
  "é",
  "'it''s'",
  '"\\u0041"',
  "[1, 2]",
  "{a: b, c: [d]}",
  "[]",
  "{}",
  "&a v",
  "!!str 1",
  "! x",
  "!t v",
  "<<",
  "| # c\n@I  x",
  "|\n@I  lit\n@I  more",
  "|-\n@I  lit\n@I   more",
  ">\n@I  fold\n@I  it\n\n@I  x",
  ">-\n@I  f",
  "|+\n@I  k\n\n",
  "multi\n@I  line",
  "",
  "[a, # c\n@I  b]",
  "{\n@I  a: 1, # x\n@I  b: 2\n@I}",
];
const metadata = [
  "metadata:\n  name: n # nm\n",
  "metadata: {name: n}\n",
  "metadata:\n  # c\n  name: n\n  annotations:\n    a: b # z\n",
  "metadata:\n  annotations: {}\n",
  "metadata:\n",
  "",
];

/** Returns manifests with comments above, behind and below everything, some of them no YAML; the same for the same seed. */
export function randomManifests(seed: number, count: number): string[] {
  const random = seededRandom(seed);
  const chance = (share: number): boolean => random() < share;
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? "";
  const times = (most: number): number[] =>
    Array.from({ length: 1 + Math.floor(random() * most) }, (_, index) => index);
  const behind = (): string => (chance(0.25) ? ` # l${Math.floor(random() * 99)}` : "");
  const above = (indent: string): string => {
    const empty = chance(0.12) ? "\n" : "";
    if (!chance(0.25)) return empty;
    const at = chance(0.85) ? indent : pick(["", "  ", "    ", `${indent}  `]);
    return `${empty}${at}# h${Math.floor(random() * 99)}\n${chance(0.3) ? `${indent}# second\n` : ""}${chance(0.25) ? "\n" : ""}`;
  };
  const scalar = (indent: string): string => {
    const text = pick(scalars).replaceAll("@I", indent);
    if (text === "") return "\n";
    return ` ${text}${text.includes("\n") ? "" : behind()}\n`;
  };
  const member = (at: { indent: string; depth: number; inner: readonly string[] }): string => {
    const kind = at.depth > 3 ? 0 : random();
    if (kind < 0.5) return scalar(at.indent);
    if (kind < 0.75) return `${behind()}\n${map(at.indent + pick(["  ", "  ", "    "]), at.depth + 1, false)}`;
    return `${behind()}\n${list(at.indent + pick(at.inner), at.depth + 1)}`;
  };
  function map(indent: string, depth: number, isBehindDash: boolean): string {
    const entries = times(4).map((index) => {
      const lead = isBehindDash && index === 0 ? "" : above(indent) + indent;
      const key = pick(["a", "b", "c", "d e", "x/y"]) + String(index);
      return `${lead}${key}:${member({ indent, depth, inner: ["", "  "] })}`;
    });
    return entries.join("");
  }
  function list(indent: string, depth: number): string {
    const items = times(3).map(() => {
      const dash = `${above(indent)}${indent}-`;
      if (depth > 3 || !chance(0.3)) return dash + member({ indent, depth, inner: ["  "] });
      return `${dash}${chance(0.2) ? `${behind()}\n${indent}  ` : " "}${map(`${indent}  `, depth + 1, true)}`;
    });
    return items.join("");
  }
  return Array.from({ length: count }, () => {
    return `${above("")}kind: K${behind()}\n${pick(metadata)}${map("", 0, false)}${above("")}`;
  });
}
