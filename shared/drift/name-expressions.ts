import type { ComparePatch } from "../api/deployment-options.ts";

/** Returns what an expression says of names; undefined for one that is none. */
export type NameExpressions = (expression: string) => ((name: string) => boolean) | undefined;

/** Needs no regular expressions: these characters stand for themselves. */
const plainText = /^[\w-]*$/u;

/**
 * Returns the names of `op: ignore` entries as Go's unanchored regular expressions, which is what Fleet takes them for; matching
 * takes time linear to the name. The engine is loaded only where a name is more than letters, since it costs an agent 5 MB.
 */
export async function nameExpressions(patches: readonly ComparePatch[] = []): Promise<NameExpressions> {
  const names = new Set(
    patches
      .filter(({ operations = [] }) => operations.some(({ op }) => op === "ignore"))
      .map(({ name = "" }) => name)
      .filter((name) => !plainText.test(name)),
  );
  if (names.size === 0) return plainExpression;
  const { compileRegex } = await import("../../helm/functions/compile-regex.ts");
  const { GoPanic } = await import("../../helm/template/go-value.ts");
  const compiled = new Map(
    [...names].map((name) => {
      try {
        const expression = compileRegex(name);
        return [name, (text: string) => expression.matcher(text).find()] as const;
      } catch (error) {
        if (!(error instanceof GoPanic)) throw error;
        return [name, undefined] as const;
      }
    }),
  );
  return (expression) => (plainText.test(expression) ? plainExpression(expression) : compiled.get(expression));
}

function plainExpression(text: string): (name: string) => boolean {
  return (name) => name.includes(text);
}
