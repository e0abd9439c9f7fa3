import { createHash } from "node:crypto";
import { ChartSourceError } from "./chart-source-error.ts";

/** Proxies by the usual names of the environment, passed in by whoever reads the environment. */
export interface ProxySettings {
  readonly HTTP_PROXY?: string;
  readonly HTTPS_PROXY?: string;
  readonly NO_PROXY?: string;
}

/** How a chart's server is spoken to. */
export interface SourceAccess {
  /** Sent to the server of the configured address (a registry's token server included) and to no other. */
  readonly credential?: { readonly username: string; readonly password: string };
  /** For Git over ssh: a private key, and the host keys that are accepted. */
  readonly sshKey?: { readonly privateKey: string; readonly knownHosts: string };
  /** PEM certificates trusted besides the system's. */
  readonly caBundle?: string;
  readonly insecureSkipTLS?: boolean;
  /** Shown to servers that ask for a client certificate; PEM. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
  /** Send the credential of a repository also to the other servers on which its index places charts. */
  readonly passCredentials?: boolean;
  /** Speak HTTP to an OCI registry. */
  readonly plainHttp?: boolean;
  readonly proxy?: ProxySettings;
  /** A server that sends nothing for so long is given up; undefined: it is waited for. */
  readonly idleMs?: number;
}

/** Returns a digest of an access: who has another one never reads what was cached under this. */
export function accessDigest(access: SourceAccess): string {
  const { credential, caBundle, insecureSkipTLS, plainHttp, clientCertificate, sshKey } = access;
  const keys = [clientCertificate?.cert, clientCertificate?.key, sshKey?.privateKey, sshKey?.knownHosts];
  const parts = [credential?.username, credential?.password, caBundle, insecureSkipTLS, plainHttp, ...keys];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Returns an access for a server that the credential is not for. */
export function withoutCredential(access: SourceAccess): SourceAccess {
  const { credential: _credential, clientCertificate: _certificate, sshKey: _key, ...anonymous } = access;
  return anonymous;
}

/** Returns the value of a header for HTTP basic authentication, undefined without a credential. */
export function basicAuthorization({ credential }: SourceAccess): string | undefined {
  if (credential === undefined) return undefined;
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString("base64")}`;
}

/** An HTTP address without the user and password that it may have held. */
export interface SourceAddress {
  readonly url: URL;
  readonly access: SourceAccess;
}

/** Returns an address, a user and password in it moved to the access where that has none. Throws `ChartSourceError`. */
export function parseSourceAddress(text: string, access: SourceAccess): SourceAddress {
  if (!URL.canParse(text)) throw new ChartSourceError("address", `${printableAddress(text)} is no address`);
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new ChartSourceError("address", `${printableAddress(text)}: only https, http and oci addresses are fetched`);
  }
  const { username, password } = url;
  url.username = "";
  url.password = "";
  if (access.credential !== undefined || username === "") return { url, access };
  const credential = { username: decodePart(username), password: decodePart(password) };
  return { url, access: { ...access, credential } };
}

/** A lone `%` in a password is no reason to fail with an error that shows it. */
function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

/** Returns an address for messages: without user, password and query, which may hold secrets. */
export function printableAddress(text: string): string {
  return text.replace(/\/\/[^/@]*@/u, "//").replace(/[?#].*$/su, "");
}
