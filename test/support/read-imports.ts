import { parseAst } from "vitest/node";

/** One import of a file: `import`, `export … from`, `import()` or `import("…")` in a type. */
export interface SourceImport {
  readonly specifier: string;
  /** True where nothing of it is left when the program runs. */
  readonly typeOnly: boolean;
}

const importingNodes = new Set([
  "ImportDeclaration",
  "ExportNamedDeclaration",
  "ExportAllDeclaration",
  "ImportExpression",
  "TSImportType",
]);

/** Returns every import of a TypeScript source in order; an `import()` whose argument is not a literal counts as `<computed>`. */
export function readImports(source: string): SourceImport[] {
  const found: SourceImport[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
      return;
    }
    if (!isRecord(value)) return;
    const specifier = specifierOf(value);
    if (specifier !== undefined) found.push({ specifier, typeOnly: isTypeOnly(value) });
    for (const child of Object.values(value)) visit(child);
  };
  visit(parseAst(source, { lang: "ts" }));
  return found;
}

function specifierOf(node: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof node["type"] !== "string" || !importingNodes.has(node["type"])) return undefined;
  const literal = node["source"];
  // `export { name }` without `from`.
  if (literal === null || literal === undefined) return undefined;
  return isRecord(literal) && typeof literal["value"] === "string" ? literal["value"] : "<computed>";
}

function isTypeOnly(node: Readonly<Record<string, unknown>>): boolean {
  if (node["type"] === "TSImportType" || node["importKind"] === "type" || node["exportKind"] === "type") return true;
  const specifiers = node["specifiers"];
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.every((item) => isRecord(item) && (item["importKind"] === "type" || item["exportKind"] === "type"));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
