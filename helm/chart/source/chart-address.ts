import { isExactVersion } from "./choose-version.ts";
import { ChartSourceError } from "./chart-source-error.ts";
import type { ChartWish } from "./fetch-chart.ts";
import { printableAddress } from "./source-access.ts";

/** Where a chart is. `subdir` is the part behind `//`, "" without one. */
export type ChartAddress =
  | { readonly kind: "oci"; readonly address: string }
  | { readonly kind: "repository" }
  | { readonly kind: "archive"; readonly url: string; readonly subdir: string }
  | { readonly kind: "git"; readonly url: string; readonly subdir: string };

/**
 * Returns whether a wish comes to the same chart for ever: one version of a repository or registry, a digest, a checksum, or a
 * whole commit ID. A version says nothing of an archive's address or a Git ref.
 */
export function isFixed(address: ChartAddress, version: string): boolean {
  switch (address.kind) {
    case "repository":
      return isExactVersion(version);
    case "oci":
      return isExactVersion(version) || /@sha256:[0-9a-f]{64}$/u.test(address.address);
    case "archive":
      return /[?&]checksum=/u.test(address.url);
    case "git":
      return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(parseGitAddress(address.url).ref);
  }
}

const shorthandHosts = ["github.com", "gitlab.com", "bitbucket.org"];
const forms =
  "an https:// or oci:// address, a packed chart's address, or a Git address such as git::https://…//charts/web?ref=v1";

/**
 * Returns where a wish's chart is: as `repo` a chart repository or registry, else what `chart` says in the forms that Fleet
 * has from go-getter (`parseSource` of its bundlereader): forced `git::`, `ssh::`, `http::`, `https::`, `//subdir`,
 * `github.com/user/repo`, `user@host:path`. Throws `ChartSourceError` for what names nothing that is fetched.
 */
export function parseChartAddress({ chart, repo }: ChartWish): ChartAddress {
  if (repo.startsWith("oci://")) return { kind: "oci", address: repo };
  if (/^https?:\/\//u.test(repo)) return { kind: "repository" };
  if (repo !== "") throw refused(repo, "a chart repository is at an https://, http:// or oci:// address");
  if (chart.startsWith("oci://")) return { kind: "oci", address: chart };
  return parseSource(chart);
}

function parseSource(source: string): ChartAddress {
  const [, forced, rest = source] = /^([a-z0-9]+)::(.*)$/su.exec(source) ?? [];
  const { base, subdir } = splitSubdir(rest);
  if (forced === "git" || forced === "ssh") return { kind: "git", url: sshAddress(base), subdir: checked(subdir) };
  if (forced === "http" || forced === "https") return { kind: "archive", url: base, subdir: checked(subdir) };
  if (forced !== undefined) throw refused(source, `${forced}:: is not fetched; write ${forms}`);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//iu.exec(base)?.[1]?.toLowerCase();
  if (scheme === "http" || scheme === "https") return { kind: "archive", url: base, subdir: checked(subdir) };
  if (scheme === "git" || scheme === "ssh") return { kind: "git", url: base, subdir: checked(subdir) };
  if (scheme === "file" || base.startsWith("/")) {
    throw refused(source, "files outside of the repository are not read; commit the chart, or name its address");
  }
  if (scheme !== undefined) throw refused(source, `${scheme}:// is not fetched; write ${forms}`);
  return parseShorthand(source, base, subdir);
}

function parseShorthand(source: string, base: string, subdir: string): ChartAddress {
  const host = shorthandHosts.find((one) => base.startsWith(`${one}/`));
  if (host !== undefined) {
    const [path = "", query] = base.split(/\?(.*)/su);
    const [, user = "", name = "", ...below] = path.split("/");
    if (user === "" || name === "") throw refused(source, `an address of ${host} has the form ${host}/user/repository`);
    const url = `https://${host}/${user}/${name.endsWith(".git") ? name : `${name}.git`}`;
    const inside = [below.join("/"), subdir].filter((part) => part !== "").join("/");
    return { kind: "git", url: query === undefined ? url : `${url}?${query}`, subdir: checked(inside) };
  }
  if (/^[^/@:\s]+@[^/@:\s]+:.+/u.test(base)) return { kind: "git", url: sshAddress(base), subdir: checked(subdir) };
  throw refused(source, `it is neither in the bundle's directory nor ${forms}`);
}

/** Like `SourceDirSubdir` of go-getter: `https://host/repo.git//sub?ref=x` is `https://host/repo.git?ref=x` and `sub`. */
function splitSubdir(source: string): { readonly base: string; readonly subdir: string } {
  const query = source.indexOf("?");
  const path = query < 0 ? source : source.slice(0, query);
  const scheme = path.indexOf("://");
  const at = path.indexOf("//", scheme < 0 ? 0 : scheme + 3);
  if (at < 0) return { base: source, subdir: "" };
  return { base: `${path.slice(0, at)}${query < 0 ? "" : source.slice(query)}`, subdir: path.slice(at + 2) };
}

/** `user@host:path` as an address that has its query apart. */
function sshAddress(base: string): string {
  const [, user, path] = /^([^/@:\s]+@[^/@:\s]+):\/?(.+)$/su.exec(base) ?? [];
  return base.includes("://") || user === undefined || path === undefined ? base : `ssh://${user}/${path}`;
}

function checked(subdir: string): string {
  const parts = subdir.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) throw new ChartSourceError("address", `the part behind // leads out: "${subdir}"`);
  return parts.join("/");
}

function refused(address: string, why: string): ChartSourceError {
  return new ChartSourceError("address", `chart ${printableAddress(address)}: ${why}`);
}

/** A Git address without the parameters that are for the client. */
export interface GitAddress {
  readonly url: string;
  /** Branch, tag or whole commit ID; "" is the remote's default branch. */
  readonly ref: string;
  /** Private key that the address itself holds. */
  readonly privateKey: string | undefined;
}

/** Returns a Git address with `ref`, `sshkey` and `depth` taken out of its query. Throws `ChartSourceError` for values that are none. */
export function parseGitAddress(address: string): GitAddress {
  const [base = "", query = ""] = address.split(/\?(.*)/su);
  const pairs = query.split("&").filter((pair) => pair !== "");
  const own = new Map<string, string>();
  const others = pairs.filter((pair) => {
    const [key = "", value = ""] = pair.split(/=(.*)/su);
    if (!["ref", "sshkey", "depth"].includes(key)) return true;
    own.set(key, decoded(value));
    return false;
  });
  const depth = own.get("depth") ?? "1";
  if (!/^0*[1-9]\d*$/u.test(depth)) throw refused(address, `depth "${depth}" is no number above 0`);
  const key = own.get("sshkey") ?? "";
  return {
    url: others.length === 0 ? base : `${base}?${others.join("&")}`,
    ref: own.get("ref") ?? "",
    privateKey: key === "" ? undefined : Buffer.from(key.replaceAll(" ", "+"), "base64").toString("utf8"),
  };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll("+", " "));
  } catch (error) {
    if (error instanceof URIError) return value;
    throw error;
  }
}
