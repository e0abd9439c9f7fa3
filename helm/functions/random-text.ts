import { randomBytes, randomInt } from "node:crypto";

/** Characters by the functions' names. */
export const alphabets = {
  numeric: "0123456789",
  alpha: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
  alphaNumeric: "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
  ascii: Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join(""),
} as const;

/** Returns a whole number from 0 to below the limit, evenly spread. */
export function randomBelow(limit: number): number {
  if (limit <= 2 ** 47) return randomInt(limit);
  return Number(BigInt(`0x${randomBytes(8).toString("hex")}`) % BigInt(limit));
}

/** Returns characters drawn evenly from an alphabet with the system's secure source. */
export function randomText(count: number, alphabet: string): string {
  let out = "";
  for (let index = 0; index < count; index++) out += alphabet[randomInt(alphabet.length)] ?? "";
  return out;
}
