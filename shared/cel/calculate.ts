import { type CelBudget, textCost } from "./cel-budget.ts";
import { CelFault, noOverload } from "./cel-fault.ts";
import { CelDuration, CelTimestamp, CelUint, type CelValue, isCelList } from "./cel-value.ts";

/** The operators that calculate. */
export type Arithmetic = "+" | "-" | "*" | "/" | "%";

const maxInt = 2n ** 63n - 1n;
const maxUint = 2n ** 64n - 1n;

/** Returns an int when it fits into 64 bits; throws `CelFault` otherwise. */
export function checkInt(value: bigint): bigint {
  if (value > maxInt || value < -maxInt - 1n) throw new CelFault("integer overflow");
  return value;
}

/** Returns an unsigned int when it fits into 64 bits; throws `CelFault` otherwise. */
export function checkUint(value: bigint): CelUint {
  if (value > maxUint || value < 0n) throw new CelFault("unsigned integer overflow");
  return new CelUint(value);
}

/** Returns what an operator makes of two values; only values of the same type calculate. Throws `CelFault`. */
export function calculate(operator: Arithmetic, operands: readonly [CelValue, CelValue], budget: CelBudget): CelValue {
  const [left, right] = operands;
  if (typeof left === "bigint" && typeof right === "bigint") return checkInt(calculateWhole(operator, left, right));
  if (typeof left === "number" && typeof right === "number") return calculateDouble(operator, left, right);
  if (left instanceof CelUint && right instanceof CelUint) {
    return checkUint(calculateWhole(operator, left.value, right.value));
  }
  if (operator === "+") return add(left, right, budget) ?? addTimes(left, right, 1n);
  if (operator === "-") return addTimes(left, right, -1n);
  throw noOverload();
}

function calculateWhole(operator: Arithmetic, left: bigint, right: bigint): bigint {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      if (right === 0n) throw new CelFault("division by zero");
      return left / right;
    case "%":
      if (right === 0n) throw new CelFault("modulus by zero");
      return left % right;
  }
}

function calculateDouble(operator: Arithmetic, left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      throw noOverload();
  }
}

function add(left: CelValue, right: CelValue, budget: CelBudget): CelValue | undefined {
  if (typeof left === "string" && typeof right === "string") {
    budget.spend(textCost(left.length + right.length));
    return left + right;
  }
  if (isCelList(left) && isCelList(right)) {
    budget.spend((left.length + right.length) / 10);
    return [...left, ...right];
  }
  if (!(left instanceof Uint8Array && right instanceof Uint8Array)) return undefined;
  budget.spend(textCost(left.length + right.length));
  return Uint8Array.from([...left, ...right]);
}

function addTimes(left: CelValue, right: CelValue, sign: 1n | -1n): CelValue {
  if (right instanceof CelDuration) {
    if (left instanceof CelTimestamp) return new CelTimestamp(left.nanos + sign * right.nanos);
    if (left instanceof CelDuration) return new CelDuration(checkInt(left.nanos + sign * right.nanos));
  }
  if (right instanceof CelTimestamp) {
    if (left instanceof CelTimestamp && sign === -1n) return new CelDuration(checkInt(left.nanos - right.nanos));
    if (left instanceof CelDuration && sign === 1n) return new CelTimestamp(left.nanos + right.nanos);
  }
  throw noOverload();
}
