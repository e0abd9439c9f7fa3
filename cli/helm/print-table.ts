/**
 * Returns rows as Helm's table: columns as wide as their widest cell, at most `maxWidth` (0 is no limit), with a tab between
 * them; longer cells end in `...` (gosuri/uitable).
 */
export function printTable(rows: readonly (readonly string[])[], maxWidth: number): string {
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) => {
    const widest = Math.max(...rows.map((row) => Array.from(row[column] ?? "").length));
    return maxWidth === 0 ? widest : Math.min(widest, maxWidth);
  });
  return rows.map((row) => row.map((cell, column) => resize(cell, widths[column] ?? 0)).join("\t")).join("\n");
}

function resize(cell: string, width: number): string {
  const runes = Array.from(cell);
  // A cell without width is printed whole.
  if (width === 0 || runes.length === width) return cell;
  if (runes.length < width) return cell + " ".repeat(width - runes.length);
  return `${runes.slice(0, Math.max(width - 3, 1)).join("")}...`;
}
