/**
 * Returns a small index with the versions, addresses and digests of one chart, cut out of an index.yaml by its lines: reading
 * all of a large one takes a second. Undefined where the text is laid out otherwise than Helm and other repositories
 * print it, or does not have the chart: then the whole is to be read.
 */
export function indexSection(text: string, chart: string): string | undefined {
  if (!/^[\w.-]+$/u.test(chart) || /^(?:---|\.\.\.)/mu.test(text.slice(4)) || !/^apiVersion: *\S/mu.test(text)) {
    return undefined;
  }
  const entries = /^entries: *\r?\n( +)[^\s-]/mu.exec(text);
  const indent = entries?.[1];
  if (entries === null || indent === undefined) return undefined;
  const key = `\n${indent}${chart}:`;
  const at = text.indexOf(key, entries.index);
  if (at < 0 || text.includes(`${key}\n`, at + 1)) return undefined;
  const lines = linesOf(text, at + key.length, indent);
  const kept = lines === undefined ? undefined : keptLines(lines);
  if (kept === undefined || kept.length === 0) return undefined;
  return `apiVersion: v1\nentries:\n  ${chart}:\n${kept.join("\n")}\n`;
}

/** Returns the lines of a section up to the next key of the same or a lesser depth; undefined when a value begins beside its key. */
function linesOf(text: string, start: number, indent: string): string[] | undefined {
  const lines: string[] = [];
  let from = text.indexOf("\n", start);
  if (from < 0 || text.slice(start, from).trim() !== "") return undefined;
  while (from >= 0) {
    const next = text.indexOf("\n", from + 1);
    const line = text.slice(from + 1, next < 0 ? undefined : next).trimEnd();
    if (line !== "") {
      const depth = line.length - line.trimStart().length;
      if (depth < indent.length || (depth === indent.length && line[depth] !== "-")) return lines;
      lines.push(line);
    }
    from = next;
  }
  return lines;
}

const itemStart = /^( *)-( +)(?=[a-zA-Z]+:)/u;
const wanted = /^(version|digest|urls):(.*)$/u;

/** Returns the lines of the wanted fields of every item, as a list of YAML; undefined for forms that need a whole reader. */
function keptLines(lines: readonly string[]): string[] | undefined {
  const [, dash = "", gap = ""] = itemStart.exec(lines[0] ?? "") ?? [];
  if (gap === "") return undefined;
  const depth = dash.length + 1 + gap.length;
  const pad = " ".repeat(depth);
  const kept: string[] = [];
  let inUrls = false;
  for (const line of lines) {
    const isItem = line.startsWith(`${dash}-`) && !line.startsWith(pad);
    if (isItem) {
      if (!line.startsWith(`${dash}-${gap}`) || !itemStart.test(line)) return undefined;
      kept.push("  -");
      inUrls = false;
    }
    const field = isItem ? `${pad}${line.slice(depth)}` : line;
    const isField = field.startsWith(pad) && field[depth] !== " " && field[depth] !== "-";
    if (isField) {
      const [, name, value = ""] = wanted.exec(field.slice(depth)) ?? [];
      inUrls = name === "urls" && value.trim() === "";
      if (name === undefined) {
        if (field.startsWith(`${pad}<<`) || /^["'?]/u.test(field.slice(depth))) return undefined;
        continue;
      }
      if (/^\s*[|>&*!]/u.test(value)) return undefined;
      kept.push(`    ${name}:${value}`);
    } else if (inUrls) {
      if (!/^- +[^|>&*!\s]/u.test(field.trimStart())) return undefined;
      kept.push(`    ${field.trimStart()}`);
    } else if (!field.startsWith(pad)) {
      return undefined;
    }
  }
  return kept;
}
