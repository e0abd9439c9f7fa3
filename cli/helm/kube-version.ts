import { ChartError } from "../../helm/chart/chart-error.ts";

/** Returns the version that `--kube-version` names, with its `v`; undefined without one. Throws `ChartError`. */
export function readKubeVersion(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  const fault = faultIn(text);
  if (fault !== undefined) throw new ChartError("values", `invalid kube version '${text}': ${fault}`);
  return text.startsWith("v") ? text : `v${text}`;
}

/** What Kubernetes' `version.ParseGeneric` says of a version that is none. */
function faultIn(text: string): string | undefined {
  const written = JSON.stringify(text);
  const numbers = /^\s*v?(\d+(?:\.\d+)*)/.exec(text)?.[1];
  if (numbers === undefined) return `could not parse ${written} as version`;
  const [major = "", ...rest] = numbers.split(".");
  if (rest.length === 0) return `illegal version string ${written}`;
  if (/^0./.test(major)) return `illegal zero-prefixed version component "${major}" in ${written}`;
  const large = [major, ...rest].find((part) => BigInt(part) !== BigInt.asUintN(64, BigInt(part)));
  if (large === undefined) return undefined;
  const why = `strconv.ParseUint: parsing "${large}": value out of range`;
  return `illegal non-numeric version component "${large}" in ${written}: ${why}`;
}
