import { fromBytes, toBytes } from "../template/go-string.ts";
import { GoPanic } from "../template/go-value.ts";
import { quoteString } from "../template/quote-string.ts";

/** Where in a URL a text stands: each place has characters of its own that need no escape. */
export type UrlPlace = "path" | "host" | "user" | "fragment";

const unescaped: Readonly<Record<UrlPlace, RegExp>> = {
  path: /[A-Za-z0-9\-_.~$&+,/:;=@]/,
  host: /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/,
  user: /[A-Za-z0-9\-_.~$&+,;=]/,
  fragment: /[A-Za-z0-9\-_.~$&+,/:;=?@!()*]/,
};

/** Returns a text escaped for its place in a URL, as Go's `net/url` does. */
export function escapeUrl(text: string, place: UrlPlace): string {
  let out = "";
  for (const byte of toBytes(text)) {
    const character = String.fromCharCode(byte);
    if (byte < 0x80 && unescaped[place].test(character)) out += character;
    else out += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

/** Returns an escaped text as it was. Throws `GoPanic` for escapes that are none. */
export function unescapeUrl(text: string, place: UrlPlace): string {
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text)?.[0];
  if (bad !== undefined) throw new GoPanic(`invalid URL escape ${quoteString(bad)}`);
  if (place === "host") {
    const ascii = /%(?!25)[0-7][0-9a-fA-F]/.exec(text)?.[0];
    if (ascii !== undefined) throw new GoPanic(`invalid URL escape ${quoteString(ascii)}`);
    const invalid = Array.from(text).find((one) => one < "\u0080" && one !== "%" && !unescaped.host.test(one));
    if (invalid !== undefined) throw new GoPanic(`invalid character ${quoteString(invalid)} in host name`);
  }
  if (!text.includes("%")) return text;
  const bytes = toBytes(text);
  const out: number[] = [];
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    if (byte !== 0x25) {
      out.push(byte);
      continue;
    }
    out.push(Number.parseInt(String.fromCharCode(bytes[index + 1] ?? 0, bytes[index + 2] ?? 0), 16));
    index += 2;
  }
  return fromBytes(Uint8Array.from(out));
}

/** A URL in the parts that `urlParse` shows. */
export interface UrlParts {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly opaque: string;
  readonly fragment: string;
  readonly userinfo: string;
}

/** Returns the parts of a URL as Go's `url.Parse` finds them. Throws `GoPanic` with Go's words. */
export function parseUrl(text: string): UrlParts {
  const [main = "", ...afterHash] = text.split("#");
  const fragment = afterHash.join("#");
  const parts = atUrl(main, () => parseMain(main));
  return { ...parts, fragment: atUrl(text, () => unescapeUrl(fragment, "fragment")) };
}

function atUrl<T>(url: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof GoPanic) throw new GoPanic(`parse ${quoteString(url)}: ${error.message}`, { cause: error });
    throw error;
  }
}

function parseMain(text: string): Omit<UrlParts, "fragment"> {
  const empty = { scheme: "", host: "", path: "", query: "", opaque: "", userinfo: "" };
  if (/\u007f|[^ -\uffff]/.test(text)) {
    throw new GoPanic("net/url: invalid control character in URL");
  }
  if (text === "*") return { ...empty, path: "*" };
  if (text.startsWith(":")) throw new GoPanic("missing protocol scheme");
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1] ?? "";
  const afterScheme = scheme === "" ? text : text.slice(scheme.length + 1);
  const question = afterScheme.indexOf("?");
  const rest = question < 0 ? afterScheme : afterScheme.slice(0, question);
  const found = { ...empty, scheme: scheme.toLowerCase(), query: question < 0 ? "" : afterScheme.slice(question + 1) };
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { ...found, opaque: rest };
    if ((rest.split("/")[0] ?? "").includes(":")) throw new GoPanic("first path segment in URL cannot contain colon");
  }
  if (!rest.startsWith("//") || (scheme === "" && rest.startsWith("///"))) {
    return { ...found, path: unescapeUrl(rest, "path") };
  }
  const slash = rest.indexOf("/", 2);
  const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
  const { host, userinfo } = parseAuthority(found.scheme, authority);
  return { ...found, host, userinfo, path: unescapeUrl(slash < 0 ? "" : rest.slice(slash), "path") };
}

function parseAuthority(scheme: string, authority: string): Pick<UrlParts, "host" | "userinfo"> {
  const at = authority.lastIndexOf("@");
  const host = parseHost(scheme, authority.slice(at + 1));
  if (at < 0) return { host, userinfo: "" };
  const user = authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) throw new GoPanic("net/url: invalid userinfo");
  return { host, userinfo: userInfo(user) };
}

/** Returns a user and password escaped as Go prints them. */
export function userInfo(user: string): string {
  const colon = user.indexOf(":");
  if (colon < 0) return escapeUrl(unescapeUrl(user, "user"), "user");
  const name = escapeUrl(unescapeUrl(user.slice(0, colon), "user"), "user");
  return `${name}:${escapeUrl(unescapeUrl(user.slice(colon + 1), "user"), "user")}`;
}

function parseHost(scheme: string, host: string): string {
  if (host.startsWith("[")) {
    const close = host.lastIndexOf("]");
    if (close < 0) throw new GoPanic("missing ']' in host");
    checkPort(host.slice(close + 1));
    return host.replace(/%25/, "%");
  }
  if (host.includes("[")) throw new GoPanic("invalid IP-literal");
  const strict = scheme === "http" || scheme === "https";
  const colon = strict ? host.indexOf(":") : host.lastIndexOf(":");
  if (colon >= 0) checkPort(host.slice(colon));
  return unescapeUrl(host, "host");
}

function checkPort(port: string): void {
  if (port !== "" && !/^:[0-9]*$/.test(port)) throw new GoPanic(`invalid port ${quoteString(port)} after host`);
}

/** Returns the host without port and brackets. */
export function hostName(host: string): string {
  const colon = host.lastIndexOf(":");
  const bare = colon >= 0 && /^:[0-9]*$/.test(host.slice(colon)) ? host.slice(0, colon) : host;
  return bare.startsWith("[") && bare.endsWith("]") ? bare.slice(1, -1) : bare;
}
