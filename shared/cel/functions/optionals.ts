import { CelFault, noOverload } from "../cel-fault.ts";
import type { CelFunctions } from "../cel-function.ts";
import { CelOptional, type CelValue } from "../cel-value.ts";

function optionalOf(value: CelValue | undefined): CelOptional {
  if (value instanceof CelOptional) return value;
  throw noOverload();
}

/** What optionals can be asked; `optMap` and `optFlatMap` are macros. */
export const optionals: CelFunctions = {
  alone: {
    "optional.of": { counts: [1], call: ([value]) => new CelOptional(value) },
    "optional.none": { counts: [0], call: () => new CelOptional(undefined) },
  },
  methods: {
    hasValue: { counts: [0], call: ([on]) => optionalOf(on).value !== undefined },
    value: {
      counts: [0],
      call: ([on]) => {
        const { value } = optionalOf(on);
        if (value === undefined) throw new CelFault("optional.none() dereference");
        return value;
      },
    },
    or: {
      counts: [1],
      call: ([on, other]) => (optionalOf(on).value === undefined ? optionalOf(other) : optionalOf(on)),
    },
    orValue: { counts: [1], call: ([on, other = null]) => optionalOf(on).value ?? orNull(optionalOf(on), other) },
  },
};

/** A value of null is one, too. */
function orNull(on: CelOptional, other: CelValue): CelValue {
  return on.value === null ? null : other;
}
