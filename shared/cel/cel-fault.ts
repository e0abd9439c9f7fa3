/** Why an expression cannot be read or has no value, and where in its text that shows (`at`: index of a character). */
export class CelFault extends Error {
  readonly at: number | undefined;

  constructor(message: string, at?: number) {
    super(message);
    this.name = "CelFault";
    this.at = at;
  }
}

/** An evaluation went over its limits; unlike other faults, `||` and `&&` do not forgive it. */
export class CelLimit extends CelFault {
  constructor(message: string) {
    super(message);
    this.name = "CelLimit";
  }
}

/** Returns the fault of an operation that does not exist for values of these types, in cel-go's words. */
export function noOverload(): CelFault {
  return new CelFault("no such overload");
}
