/** A match: offsets in the text, and the text of each group, the whole match first. */
export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly string[];
}

/** Returns a replacement with `$1`, `${1}`, `$name` and `${name}` filled in, as Go's `Regexp.Expand` reads them. */
export function expandReplacement(
  template: string,
  match: RegexMatch,
  names: Readonly<Record<string, number>>,
): string {
  if (!template.includes("$")) return template;
  return template.replaceAll(
    /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu,
    (whole, braced?: string, bare?: string) => {
      if (whole === "$$") return "$";
      const name = braced ?? bare ?? "";
      if (/^[0-9]+$/.test(name)) return match.groups[Number(name)] ?? "";
      const index = names[name];
      return index === undefined ? "" : (match.groups[index] ?? "");
    },
  );
}
