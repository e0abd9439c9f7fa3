import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getCACertificates } from "node:tls";

import { AppError } from "../../errors.ts";
import type { NormalizedRemote } from "../../git-remote.ts";

/** Environment for one `git` command and the folder with its secrets, which goes when disposed. */
export interface GitCommandEnvironment extends Disposable {
  readonly env: Readonly<Record<string, string>>;
}

/** Proxies by the usual names of the environment. */
interface ProxySettings {
  readonly HTTP_PROXY?: string;
  readonly HTTPS_PROXY?: string;
  readonly NO_PROXY?: string;
}

/** Where a `git` command finds what it needs. */
export interface GitCommandPlace {
  /** Folder for short-lived files that only we may read. */
  readonly secretsDir: string;
  /** PATH of the command, to find ssh. */
  readonly path: string;
  readonly proxy?: ProxySettings;
}

/**
 * Returns an environment in which `git` reads no configuration but ours, asks nobody, runs no hooks, speaks only http,
 * https and ssh, and knows the remote's credential – from files and variables, never from its arguments or the address.
 */
export function createGitEnvironment(remote: NormalizedRemote, place: GitCommandPlace): GitCommandEnvironment {
  const folder = mkdtempSync(join(place.secretsDir, "git-"));
  const config: [string, string][] = [
    ["core.hooksPath", "/dev/null"],
    ["gc.auto", "0"],
    ["maintenance.auto", "false"],
    ["fetch.unpackLimit", "1"],
    ["core.bigFileThreshold", "16m"],
    ["core.packedGitLimit", "128m"],
    ["pack.threads", "1"],
    ["protocol.version", "2"],
    ["credential.helper", ""],
    ["http.followRedirects", "initial"],
    ["submodule.recurse", "false"],
  ];
  const env: Record<string, string> = {
    PATH: place.path,
    HOME: folder,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "/bin/false",
    SSH_ASKPASS: "/bin/false",
    GIT_ALLOW_PROTOCOL: "http:https:ssh",
    GIT_OPTIONAL_LOCKS: "0",
    ...definedProxy(place.proxy),
  };
  try {
    if (remote.transport === "http") config.push(...httpConfig(remote, folder));
    else env["GIT_SSH_COMMAND"] = sshCommand(remote, folder);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  env["GIT_CONFIG_COUNT"] = String(config.length);
  for (const [index, [key, value]] of config.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return { env, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

function httpConfig(remote: NormalizedRemote, folder: string): [string, string][] {
  const config: [string, string][] = [];
  const { credential } = remote;
  const { origin } = new URL(remote.url);
  if (credential?.kind === "basic") {
    const value = Buffer.from(`${credential.username}:${credential.password}`).toString("base64");
    config.push([`http.${origin}/.extraHeader`, `Authorization: Basic ${value}`]);
  }
  if (credential?.kind === "bearer")
    config.push([`http.${origin}/.extraHeader`, `Authorization: Bearer ${credential.token}`]);
  if (remote.insecureSkipTLS === true) config.push(["http.sslVerify", "false"]);
  if (remote.caBundle !== undefined && remote.caBundle !== "") {
    const file = join(folder, "ca.pem");
    writeFileSync(file, [...getCACertificates("default"), remote.caBundle].join("\n"), { mode: 0o600 });
    config.push(["http.sslCAInfo", file]);
  }
  return config;
}

function sshCommand(remote: NormalizedRemote, folder: string): string {
  const { credential } = remote;
  if (credential?.kind !== "ssh")
    throw sshFault("it needs a private key: ssh-privatekey of a Secret, which spec.clientSecretName names");
  if (credential.knownHosts === undefined || credential.knownHosts.trim() === "") {
    throw sshFault("its host keys are not known; add known_hosts to the Secret");
  }
  const key = join(folder, "key");
  const hosts = join(folder, "known_hosts");
  writeFileSync(key, `${credential.privateKey.trimEnd()}\n`, { mode: 0o600 });
  writeFileSync(hosts, credential.knownHosts, { mode: 0o600 });
  const settings = [
    "IdentitiesOnly=yes",
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    `UserKnownHostsFile=${quoted(hosts)}`,
    "GlobalKnownHostsFile=/dev/null",
    "ConnectTimeout=15",
    "ServerAliveInterval=15",
  ];
  return `ssh -F /dev/null -i ${quoted(key)} ${settings.map((setting) => `-o ${setting}`).join(" ")}`;
}

function definedProxy(proxy: ProxySettings | undefined): Record<string, string> {
  const entries = Object.entries({ ...proxy }).filter(([, value]) => typeof value === "string" && value !== "");
  // libcurl reads http_proxy in lower case only.
  return Object.fromEntries(
    entries.flatMap(([name, value]) => [
      [name, value],
      [name.toLowerCase(), value],
    ]),
  );
}

/** Quotes for the shell that git starts GIT_SSH_COMMAND with. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

function sshFault(problem: string): AppError {
  return new AppError("GIT_AUTH_FAILED", `the repository cannot be read over ssh: ${problem}`, { verdict: "stalled" });
}
