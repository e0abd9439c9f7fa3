import { fn, type GoFunction } from "../template/go-function.ts";
import { kindName } from "../template/go-type.ts";
import { type GoMap, GoPanic } from "../template/go-value.ts";
import { nilDereference } from "./cast-value.ts";
import { escapeUrl, hostName, parseUrl, userInfo } from "./url-parts.ts";

function urlParse(text: string): GoMap {
  try {
    const parts = parseUrl(text);
    return new Map([...Object.entries(parts), ["hostname", hostName(parts.host)]]);
  } catch (error) {
    if (error instanceof GoPanic) throw new GoPanic(`unable to parse url: ${error.message}`, { cause: error });
    throw error;
  }
}

function part(map: GoMap, key: string): string {
  if (!map.has(key)) return "";
  const value = map.get(key);
  if (typeof value === "string") return value;
  if (value === null || value === undefined) throw new GoPanic(nilDereference);
  throw new GoPanic(`unable to parse ${key} key, must be of type string, but ${kindName(value)} found`);
}

function readUser(userinfo: string): string | undefined {
  if (userinfo === "") return undefined;
  try {
    parseUrl(`proto://${userinfo}@host`);
    return userInfo(userinfo);
  } catch (error) {
    if (error instanceof GoPanic)
      throw new GoPanic(`unable to parse userinfo in dict: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Puts a URL together as Go's `URL.String`. */
function urlJoin(map: GoMap): string {
  const [scheme, host, query, opaque] = ["scheme", "host", "query", "opaque"].map((key) => part(map, key));
  const path = part(map, "path");
  const fragment = part(map, "fragment");
  const user = readUser(part(map, "userinfo"));
  let out = scheme === "" || scheme === undefined ? "" : `${scheme}:`;
  if (opaque !== "" && opaque !== undefined) {
    out += opaque;
  } else {
    const hasHost = host !== "" && host !== undefined;
    if ((out !== "" || hasHost || user !== undefined) && (hasHost || path !== "" || user !== undefined)) out += "//";
    if (user !== undefined) out += `${user}@`;
    if (hasHost) out += escapeUrl(host, "host");
    const escaped = path === "*" ? "*" : escapeUrl(path, "path");
    if (escaped !== "" && !escaped.startsWith("/") && hasHost) out += "/";
    if (out === "" && (escaped.split("/")[0] ?? "").includes(":")) out += "./";
    out += escaped;
  }
  if (query !== "" && query !== undefined) out += `?${query}`;
  return fragment === "" ? out : `${out}#${escapeUrl(fragment, "fragment")}`;
}

/** URLs; see sprig's `url.go`. */
export const urlFunctions: Readonly<Record<string, GoFunction>> = {
  urlParse: fn(["string"], urlParse),
  urlJoin: fn(["map"], urlJoin),
};
