import fc from "fast-check";
import type { JsonValue } from "../../../codec/json-value.ts";

const bigInteger = fc
  .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
  .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
/** Whole doubles that print as digits read back as bigint. */
const double = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(value) >= 1e21);
const number = fc.oneof(fc.integer(), bigInteger, double).map((value) => (value === 0 ? 0 : value));

/** Any JSON value, integers of 64 bits included. */
export const anyJson: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(fc.string({ unit: "binary" }).filter(isWellFormed), fc.boolean(), fc.constant(null), number),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== "__proto__"),
      tie("value"),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value;

function isWellFormed(text: string): boolean {
  return text.isWellFormed();
}
