const smallDocument = 400_000;
const largeDocument = 4_000_000;

/**
 * Returns why a document that expands to `nodes` nodes, `aliased` of them through aliases, is refused, or undefined: small
 * ones may be 99 % aliases, large ones 10 %. Source: `allowedAliasRatio` of go.yaml.in/yaml/v2.
 */
export function checkAliasing(nodes: number, aliased: number): string | undefined {
  if (aliased <= 100 || nodes <= 1000) return undefined;
  const size = Math.min(Math.max((nodes - smallDocument) / (largeDocument - smallDocument), 0), 1);
  return aliased / nodes > 0.99 - 0.89 * size ? "the document's aliases expand to far too much" : undefined;
}
