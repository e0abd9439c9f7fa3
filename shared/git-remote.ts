import { createHash } from "node:crypto";

import { AppError } from "./errors.ts";

/** An installation of a GitHub App, which is given repositories instead of a person. */
export interface GitHubApp {
  readonly appId: string;
  readonly installationId: string;
  /** PEM of its RSA key. */
  readonly privateKey: string;
}

/**
 * How to prove who we are to a git server. `ssh` needs the `git` command line driver; `githubApp` becomes a token before a
 * request is made.
 */
export type GitCredential =
  | { readonly kind: "basic"; readonly username: string; readonly password: string }
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "ssh"; readonly privateKey: string; readonly knownHosts?: string }
  | ({ readonly kind: "githubApp" } & GitHubApp);

/** One remote as one workspace may see it: address, credential and trust belong together. */
export interface GitRemote {
  readonly url: string;
  readonly credential?: GitCredential;
  /** PEM certificates trusted besides the system's. */
  readonly caBundle?: string;
  readonly insecureSkipTLS?: boolean;
}

/** A remote whose address holds no credential any more, and how it is reached. */
export interface NormalizedRemote extends GitRemote {
  readonly transport: "http" | "ssh";
}

const scpForm = /^(?:[^/@\s]+@)?[^/:@\s]+:(?!\/\/)[^\s]+$/u;

/**
 * Returns the remote with user and password moved out of its address (an explicit credential wins) and its transport.
 * Throws `GIT_URL_INVALID` for anything but http, https, ssh and the scp form (`git@host:path`): `file:` and
 * `ext::` would reach into the hub's own machine.
 */
export function normalizeRemote(remote: GitRemote): NormalizedRemote {
  const text = remote.url.trim();
  if (text.startsWith("-")) throw invalidUrl("it starts with a dash");
  if (!text.includes("://")) {
    if (scpForm.test(text)) return { ...remote, url: text, transport: "ssh" };
    throw invalidUrl("it is neither a URL nor user@host:path");
  }
  if (!URL.canParse(text)) throw invalidUrl("it is not a URL");
  const url = new URL(text);
  if (url.protocol === "ssh:") {
    if (url.hostname.startsWith("-")) throw invalidUrl("its host starts with a dash");
    return { ...remote, url: text, transport: "ssh" };
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw invalidUrl(`${url.protocol}// is not allowed; use https://, http:// or ssh://`);
  }
  const embedded = credentialOf(url);
  url.username = "";
  url.password = "";
  url.hash = "";
  const credential = remote.credential ?? embedded;
  const bare = { ...remote, url: url.href.replace(/\/+$/u, ""), transport: "http" as const };
  return credential === undefined ? bare : { ...bare, credential };
}

/**
 * Returns a name for (URL, credential, CA), safe as a folder name. Polls, object stores and caches are kept under it,
 * so that nobody reads through another's access.
 */
export function remoteKey(remote: GitRemote): string {
  const { credential } = remote;
  const parts = [remote.url, remote.caBundle ?? "", remote.insecureSkipTLS === true ? "insecure" : "verified"];
  switch (credential?.kind) {
    case "basic":
      parts.push("basic", credential.username, credential.password);
      break;
    case "bearer":
      parts.push("bearer", credential.token);
      break;
    case "ssh":
      parts.push("ssh", credential.privateKey, credential.knownHosts ?? "");
      break;
    case "githubApp":
      parts.push("githubApp", credential.appId, credential.installationId, credential.privateKey);
      break;
    case undefined:
      parts.push("anonymous");
      break;
  }
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 40);
}

/** Returns the address for messages and logs: without user, password and query. */
export function printableUrl(url: string): string {
  if (!URL.canParse(url)) return url.replace(/^[^@\s]*@/u, "");
  const parsed = new URL(url);
  parsed.username = "";
  parsed.password = "";
  parsed.search = "";
  return parsed.href;
}

function credentialOf(url: URL): GitCredential | undefined {
  if (url.username === "" && url.password === "") return undefined;
  return { kind: "basic", username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
}

function invalidUrl(problem: string): AppError {
  return new AppError("GIT_URL_INVALID", `the repository address cannot be used: ${problem}`, { verdict: "stalled" });
}
