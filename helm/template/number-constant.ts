import { GoComplex, type GoValue, goInt } from "./go-value.ts";
import type { NumberNode } from "./nodes.ts";

/** Returns the value of a number where no type is asked for, by Go's rules for ideal constants; `undefined`: overflows int. */
export function constantOf(node: NumberNode): GoValue {
  if (node.complex !== undefined) return new GoComplex(node.complex[0], node.complex[1]);
  const hexInt = /^0[xX]/.test(node.text) && !/[pP]/.test(node.text);
  const character = node.text.startsWith("'");
  if (node.float !== undefined && !hexInt && !character && /[.eEpP]/.test(node.text)) return node.float;
  return node.int === undefined ? undefined : goInt(node.int);
}
