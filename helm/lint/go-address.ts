import { RE2JS } from "re2js";
import { parseUrl } from "../functions/url-parts.ts";
import { GoPanic } from "../template/go-value.ts";

// The patterns of github.com/asaskevich/govalidator, put together from named parts.
const wide = String.raw`[\x{00A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}]`;
const atom = String.raw`([a-zA-Z]|\d|[!#\$%&'\*\+\-\/=\?\^_` + "`" + String.raw`{\|}~]|${wide})+`;
const space = String.raw`((\x20|\x09)*(\x0d\x0a))?(\x20|\x09)+`;
const quoted =
  String.raw`(([\x01-\x08\x0b\x0c\x0e-\x1f\x7f]|\x21|[\x23-\x5b]|[\x5d-\x7e]|${wide})` +
  String.raw`|(\([\x01-\x09\x0b\x0c\x0d-\x7f]|${wide}))`;
const local = String.raw`((${atom}(\.${atom})*)|((\x22)((${space})?${quoted})*(${space})?(\x22)))`;
const label = String.raw`(([a-zA-Z]|\d|${wide})|(([a-zA-Z]|\d|${wide})([a-zA-Z]|\d|-|\.|_|~|${wide})*([a-zA-Z]|\d|${wide})))\.`;
const top = String.raw`(([a-zA-Z]|${wide})|(([a-zA-Z]|${wide})([a-zA-Z]|\d|-|_|~|${wide})*([a-zA-Z]|${wide})))`;
const email = RE2JS.compile(`^${local}@(${label})+${top}\\.?$`);

const hex = "[0-9a-fA-F]{1,4}";
const octet = String.raw`(25[0-5]|(2[0-4]|1{0,1}[0-9]){0,1}[0-9])`;
const ipv6 = [
  `(${hex}:){7,7}${hex}`,
  `(${hex}:){1,7}:`,
  ...[6, 5, 4, 3, 2].map((groups) => `(${hex}:){1,${groups}}(:${hex}){1,${7 - groups}}`),
  `${hex}:((:${hex}){1,6})`,
  `:((:${hex}){1,7}|:)`,
  "fe80:(:[0-9a-fA-F]{0,4}){0,4}%[0-9a-zA-Z]{1,}",
  String.raw`::(ffff(:0{1,4}){0,1}:){0,1}(${octet}\.){3,3}${octet}`,
  String.raw`(${hex}:){1,4}:(${octet}\.){3,3}${octet}`,
].join("|");
const ipv4 =
  String.raw`([1-9]\d?|1\d\d|2[01]\d|22[0-3]|24\d|25[0-5])(\.(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])){2}` +
  String.raw`(?:\.([0-9]\d?|1\d\d|2[0-4]\d|25[0-5]))`;
const subdomain = String.raw`((www\.)|([a-zA-Z0-9]+([-_\.]?[a-zA-Z0-9])*[a-zA-Z0-9]\.[a-zA-Z0-9]+))`;
const letters = String.raw`a-zA-Z\x{00a1}-\x{ffff}`;
const host =
  String.raw`(([a-zA-Z0-9]([a-zA-Z0-9-_]+)?[a-zA-Z0-9]([-\.][a-zA-Z0-9]+)*)|(${subdomain}?))?` +
  String.raw`(([${letters}0-9]+-?-?)*[${letters}0-9]+)(?:\.([${letters}]{1,}))?`;
const url = RE2JS.compile(
  String.raw`^((ftp|tcp|udp|wss?|https?):\/\/)?(\S+(:\S*)?@)?((${ipv4}|(\[(${ipv6})\])|(${host}))\.?(:(\d{1,5}))?((\/|\?|#)[^\s]*)?)$`,
);

const maxUrlRunes = 2083;
const minUrlBytes = 3;

/** Returns whether a text is an e-mail address (govalidator's `IsEmail`). */
export function isEmail(text: string): boolean {
  return email.matcher(text).find();
}

/** Returns whether a text is a URL, its scheme perhaps left out (govalidator's `IsURL`). */
export function isUrl(text: string): boolean {
  if (Array.from(text).length >= maxUrlRunes || Buffer.byteLength(text) <= minUrlBytes || text.startsWith(".")) {
    return false;
  }
  const parts = parsed(text.includes(":") && !text.includes("://") ? `http://${text}` : text);
  if (parts === undefined || parts.host.startsWith(".")) return false;
  if (parts.host === "" && parts.path !== "" && !parts.path.includes(".")) return false;
  return url.matcher(text).find();
}

/** Returns whether a text is a URI with a scheme (govalidator's `IsRequestURL`, which asks Go's `ParseRequestURI`). */
export function isRequestUrl(text: string): boolean {
  // In a request's address # is no mark of a fragment.
  return text !== "" && (parsed(text.replaceAll("#", "%23"))?.scheme ?? "") !== "";
}

function parsed(text: string): ReturnType<typeof parseUrl> | undefined {
  try {
    return parseUrl(text);
  } catch (error) {
    if (error instanceof GoPanic) return undefined;
    throw error;
  }
}
