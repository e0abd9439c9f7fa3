/** Short names of Unicode's general categories by their long names, as Go takes them: in lower case, without `_`, `-` and blanks. */
const shortNames: ReadonlyMap<string, string> = new Map(
  (
    "other C control Cc cntrl Cc format Cf privateuse Co surrogate Cs letter L lowercaseletter Ll modifierletter Lm otherletter Lo " +
    "titlecaseletter Lt uppercaseletter Lu mark M combiningmark M spacingmark Mc enclosingmark Me nonspacingmark Mn number N " +
    "decimalnumber Nd digit Nd letternumber Nl othernumber No punctuation P punct P connectorpunctuation Pc dashpunctuation Pd " +
    "closepunctuation Pe finalpunctuation Pf initialpunctuation Pi otherpunctuation Po openpunctuation Ps symbol S " +
    "currencysymbol Sc modifiersymbol Sk mathsymbol Sm othersymbol So separator Z lineseparator Zl paragraphseparator Zp " +
    "spaceseparator Zs"
  )
    .split(" ")
    .flatMap((name, at, all): [string, string][] => (at % 2 === 0 ? [[name, all[at + 1] ?? ""]] : [])),
);

/** A quoted part, a class of a category, or another escaped character. */
const escapes = /\\Q[^]*?(?:\\E|$)|\\([pP])\{(\^?)([^}]*)\}|\\[^]/g;

/** Returns a pattern with `\p{Letter}` and the like as `\p{L}`, which every reader of RE2's syntax knows (Go does from 1.25 on). */
export function withShortCategories(pattern: string): string {
  if (!/\\[pP]\{/.test(pattern)) return pattern;
  return pattern.replaceAll(escapes, (whole: string, ...groups: unknown[]) => {
    const [letter, not, name] = groups.map((group) => (typeof group === "string" ? group : undefined));
    const short = shortNames.get((name ?? "").toLowerCase().replaceAll(/[ _-]/g, ""));
    return letter === undefined || short === undefined ? whole : `\\${letter}{${not ?? ""}${short}}`;
  });
}
