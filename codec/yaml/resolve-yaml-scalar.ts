import { formatGoFloat } from "../go-float.ts";

/** What a YAML scalar means; `int` as a `bigint` only outside ±(2^53−1). */
export type YamlScalar =
  | { readonly type: "null"; readonly value: null }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "int"; readonly value: number | bigint }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "string"; readonly value: string };

const words = new Map<string, YamlScalar>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word): [string, YamlScalar] => [
    word,
    { type: "bool", value: true },
  ]),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word): [string, YamlScalar] => [
    word,
    { type: "bool", value: false },
  ]),
  ...["", "~", "null", "Null", "NULL"].map((word): [string, YamlScalar] => [word, { type: "null", value: null }]),
  ...[".nan", ".NaN", ".NAN"].map((word): [string, YamlScalar] => [word, { type: "float", value: Number.NaN }]),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word): [string, YamlScalar] => [
    word,
    { type: "float", value: Number.POSITIVE_INFINITY },
  ]),
  ...["-.inf", "-.Inf", "-.INF"].map((word): [string, YamlScalar] => [
    word,
    { type: "float", value: Number.NEGATIVE_INFINITY },
  ]),
]);

const goInteger = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const goFloat = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const maxInt64 = 2n ** 63n - 1n;
const minInt64 = -(2n ** 63n);
const maxUint64 = 2n ** 64n - 1n;

/**
 * Returns what an untagged plain scalar means to go-yaml v2 (YAML 1.1 with Go's number syntax), which kubectl, Helm and
 * Fleet read with. Source of the rules: `resolve.go` of go.yaml.in/yaml/v2.
 */
export function resolveYamlScalar(text: string): YamlScalar {
  const code = text.charCodeAt(0);
  if ((code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d) {
    return words.get(text) ?? resolveNumber(text) ?? { type: "string", value: text };
  }
  if (code === 0x2e) {
    const plain = /\d_\d/.test(text) ? text.replaceAll(/(?<=\d)_(?=\d)/g, "") : text;
    return words.get(text) ?? resolveFloat(plain) ?? { type: "string", value: text };
  }
  return words.get(text) ?? { type: "string", value: text };
}

/** Returns a map key as sigs.k8s.io/yaml spells it in JSON, or undefined for one that it refuses (null, above int64). */
export function yamlKeyText(scalar: YamlScalar): string | undefined {
  switch (scalar.type) {
    case "string":
      return scalar.value;
    case "bool":
      return String(scalar.value);
    case "int":
      return scalar.value > maxInt64 ? undefined : String(scalar.value);
    case "float": {
      const text = formatGoFloat(scalar.value, { bits: 32 });
      return { "+Inf": ".inf", "-Inf": "-.inf", NaN: ".nan" }[text] ?? text;
    }
    case "null":
      return undefined;
  }
}

function resolveNumber(text: string): YamlScalar | undefined {
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  return resolveInteger(plain) ?? resolveFloat(plain);
}

function resolveInteger(plain: string): YamlScalar | undefined {
  if (!goInteger.test(plain)) return undefined;
  const sign = plain.startsWith("-") ? -1 : 1;
  const unsigned = /^[-+]/.test(plain) ? plain.slice(1) : plain;
  const digits = /^0[0-7]/.test(unsigned) ? `0o${unsigned.slice(1)}` : unsigned;
  const small = Number(digits) * sign;
  if (Number.isSafeInteger(small)) return { type: "int", value: small === 0 ? 0 : small };
  const big = BigInt(digits) * BigInt(sign);
  const isSigned = unsigned !== plain;
  if (big < minInt64 || big > (isSigned ? maxInt64 : maxUint64)) return undefined;
  return { type: "int", value: big };
}

function resolveFloat(plain: string): YamlScalar | undefined {
  if (!goFloat.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? { type: "float", value } : undefined;
}
