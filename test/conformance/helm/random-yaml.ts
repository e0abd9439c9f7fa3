import { seededRandom } from "./random-template.ts";

/** Pieces that YAML texts are put together from, well-formed and not. */
const pieces: readonly string[] = [
  ..."a: b|a:|- x|-|  |    |: |? |{|}|[|]|, |'|>|>+2|# c|&a |*a|*b|!!int |!!str |!x!y |<<: |---|...|@|`|%".split("|"),
  ..."null|~|1|0x1F|1e3|0o7|017|1_000|.inf|.nan|true|yes|on|é|key|key: value|b: [1, 2]|c: {d: e}|{{ x }}".split("|"),
  ...'12345678901234567890|2001-01-01|text with: colon|http://x.y|- - a|=|<|-1.5|1:30|"|"\\x41"|"\\q"|"\\u00"'.split(
    "|",
  ),
  ...'\n~\n~\n~\n  ~\n    ~\t~\u2028~\u0007~"a\nb"~foo\n bar\n~|~|-'.split("~"),
];

const texts: readonly string[] = [
  "a: 1\nb:\n  c: d\n  e:\n    - f\n    - g: h\n      i: j\nk: {l: m, o: [p, q]}\nr: |\n  text\n  more\ns: >-\n  folded\n  text\nt: \"quoted\"\nu: 'single'\n",
  "apiVersion: v1\nkind: X\nmetadata:\n  name: y\n  labels:\n    a: b\nspec:\n  - x\n  - w: z\n",
];

/** Returns YAML texts, about half of them faulty; the same seed gives the same texts. */
export function randomYamlTexts(seed: number, count: number): string[] {
  const random = seededRandom(seed);
  const below = (end: number): number => Math.floor(random() * end);
  return Array.from({ length: count }, () => {
    let text = random() < 0.5 ? "" : (texts[below(texts.length)] ?? "");
    const edits = text === "" ? 1 + below(10) : 1 + below(3);
    for (let edit = 0; edit < edits; edit++) {
      const at = below(text.length + 1);
      const piece = random() < 0.8 ? (pieces[below(pieces.length)] ?? "") : "";
      text = text.slice(0, at) + piece + text.slice(at + below(3));
    }
    return text;
  });
}
