import { isIPv6 } from "node:net";
import { hostName, parseUrl, type UrlParts } from "../functions/url-parts.ts";
import { GoPanic } from "../template/go-value.ts";
import { quoteString } from "../template/quote-string.ts";
import { characterFault, type FormatChecks, within } from "./format-check.ts";

/** Formats of addresses and names. */
export const addressFormats: FormatChecks = {
  ipv4: ipv4Fault,
  ipv6: ipv6Fault,
  hostname: hostFault,
  email: emailFault,
  uri: uriFault,
  iri: uriFault,
  "uri-reference": referenceFault,
  "iri-reference": referenceFault,
  "uri-template": templateFault,
};

function ipv4Fault(text: string): string | undefined {
  const groups = text.split(".");
  if (groups.length !== 4) return "expected four decimals";
  for (const group of groups) {
    if (group.length > 1 && group.startsWith("0")) return "leading zeros";
    if (!/^[+-]?\d+$/u.test(group)) return `strconv.Atoi: parsing ${quoteString(group)}: invalid syntax`;
    if (BigInt(group.replace("+", "")) > 2n ** 63n - 1n)
      return `strconv.Atoi: parsing ${quoteString(group)}: value out of range`;
    if (Number(group) < 0 || Number(group) > 255) return "decimal must be between 0 and 255";
  }
  return undefined;
}

function ipv6Fault(text: string): string | undefined {
  if (!text.includes(":")) return "missing colon";
  const [address = "", zone] = text.split(/%(.*)/su);
  if (!isIPv6(address)) return `ParseAddr(${quoteString(text)}): unable to parse IP`;
  return zone === undefined ? undefined : "zone id is not a part of ipv6 address";
}

function hostFault(text: string): string | undefined {
  const bare = text.replace(/\.$/u, "");
  if (Buffer.byteLength(bare) > 253) return "more than 253 characters long";
  for (const label of bare.split(".")) {
    const length = Buffer.byteLength(label);
    if (length < 1 || length > 63) return "label must be 1 to 63 characters long";
    if (label.startsWith("-")) return "label starts with hyphen";
    if (label.endsWith("-")) return "label ends with hyphen";
    const fault = characterFault(label, /[A-Za-z0-9-]/u, "invalid character");
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function emailFault(text: string): string | undefined {
  if (Buffer.byteLength(text) > 254) return "more than 255 characters long";
  const at = text.lastIndexOf("@");
  if (at < 0) return "missing @";
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  if (Buffer.byteLength(local) > 64) return "local part more than 64 characters long";
  const fault = localFault(local);
  if (fault !== undefined) return fault;
  const literal = /^\[([\s\S]*)\]$/u.exec(domain)?.[1];
  if (literal === undefined) return within("invalid domain", hostFault(domain));
  if (literal.startsWith("IPv6:")) return within("invalid ipv6 address", ipv6Fault(literal.slice("IPv6:".length)));
  return within("invalid ipv4 address", ipv4Fault(literal));
}

function localFault(local: string): string | undefined {
  if (local.length > 1 && local.startsWith('"') && local.endsWith('"')) {
    return /[\\"]/u.test(local.slice(1, -1))
      ? "backslash and quote are not allowed within quoted local part"
      : undefined;
  }
  if (local.startsWith(".")) return "starts with dot";
  if (local.endsWith(".")) return "ends with dot";
  if (local.includes("..")) return "consecutive dots";
  return characterFault(local, /[A-Za-z0-9.!#$%&'*+\-/=?^_`{|}~]/u, "invalid character");
}

/** Returns the parts of an address, or what is wrong with it. */
function readUrl(text: string): UrlParts | string {
  let parts: UrlParts;
  try {
    parts = parseUrl(text);
  } catch (error) {
    if (error instanceof GoPanic) return error.message;
    throw error;
  }
  const host = hostName(parts.host);
  if (!host.includes(":")) return parts;
  if (!parts.host.includes("[") || !parts.host.includes("]")) return "ipv6 address not enclosed in brackets";
  return within("invalid ipv6 address", ipv6Fault(host)) ?? parts;
}

function uriFault(text: string): string | undefined {
  const parts = readUrl(text);
  if (typeof parts === "string") return parts;
  return parts.scheme === "" ? "relative url" : undefined;
}

function referenceFault(text: string): string | undefined {
  if (text.includes("\\")) return String.raw`contains \ `.trimEnd();
  const parts = readUrl(text);
  return typeof parts === "string" ? parts : undefined;
}

/** Braces in the path must come in pairs; one that Go keeps escaped is looked at unescaped. */
function templateFault(text: string): string | undefined {
  const parts = readUrl(text);
  if (typeof parts === "string") return parts;
  for (const step of parts.path.split("/")) {
    const braces = step.replaceAll(/[^{}]/gu, "");
    if (!/^(?:\{\})*\{?$/u.test(braces)) return "nested curly braces";
    if (braces.length % 2 === 1) return "no matching closing brace";
  }
  return undefined;
}
