import { CelFault, noOverload } from "../cel-fault.ts";
import { type CelFunctions, textOf } from "../cel-function.ts";
import { CelQuantity, type CelValue } from "../cel-value.ts";

const billion = 1_000_000_000n;
const decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const binary = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const shape =
  /^(?<sign>[+-]?)(?<whole>\d{1,30})?(?:\.(?<fraction>\d{0,30}))?(?<suffix>[numkMGTPE]?|[KMGTPE]i|[eE][+-]?\d{1,2})$/u;

/** Returns a quantity of Kubernetes (`1Gi`, `500m`, `1e3`) in billionths, rounded up as there; undefined for what is none. */
function parseQuantity(text: string): bigint | undefined {
  const { sign = "", whole = "", fraction = "", suffix = "" } = shape.exec(text)?.groups ?? {};
  if (whole === "" && fraction === "") return undefined;
  const [times, over] = scaleOf(suffix);
  const digits = BigInt(whole + fraction) * times * billion;
  const divisor = 10n ** BigInt(fraction.length) * over;
  const nanos = (digits + divisor - 1n) / divisor;
  return sign === "-" ? -nanos : nanos;
}

/** What a suffix multiplies by, as a fraction. */
function scaleOf(suffix: string): readonly [bigint, bigint] {
  if (binary.indexOf(suffix) > 0) return [1024n ** BigInt(binary.indexOf(suffix)), 1n];
  const exponent = /^[eE][+-]?\d/u.test(suffix) ? Number(suffix.slice(1)) : (decimal.indexOf(suffix) - 3) * 3;
  return exponent < 0 ? [1n, 10n ** BigInt(-exponent)] : [10n ** BigInt(exponent), 1n];
}

function quantityOf(value: CelValue | undefined): bigint {
  if (value instanceof CelQuantity) return value.nanos;
  throw noOverload();
}

function makeQuantity(text: string): CelQuantity {
  const nanos = parseQuantity(text);
  if (nanos === undefined)
    throw new CelFault(`${JSON.stringify(text.slice(0, 40))} is no quantity such as 500m or 1Gi`);
  return new CelQuantity(nanos);
}

function order(values: readonly CelValue[]): number {
  const difference = quantityOf(values[0]) - quantityOf(values[1]);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Kubernetes' quantities: of storage, memory and processors. */
export const quantities: CelFunctions = {
  alone: {
    quantity: { counts: [1], call: ([text]) => makeQuantity(textOf(text)) },
    isQuantity: { counts: [1], call: ([text]) => parseQuantity(textOf(text)) !== undefined },
  },
  methods: {
    compareTo: { counts: [1], call: (values) => BigInt(order(values)) },
    isLessThan: { counts: [1], call: (values) => order(values) < 0 },
    isGreaterThan: { counts: [1], call: (values) => order(values) > 0 },
    isInteger: { counts: [0], call: ([on]) => quantityOf(on) % billion === 0n },
  },
};
