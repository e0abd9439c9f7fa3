import { createPrivateKey } from "node:crypto";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import type { GitRepo } from "../../shared/api/git-repo.ts";
import { AppError } from "../../shared/errors.ts";
import type { GitCredential, GitHubApp, GitRemote } from "../../shared/git-remote.ts";

/** Name of the Secret that a namespace's GitRepos use when they name none (Fleet's default). */
export const defaultCredentialSecret = "gitcredential";

/** Returns the remote of a GitRepo, with the credential of its Secret. Throws GIT_SECRET_INVALID. */
export function remoteOf(gitRepo: GitRepo, secret: ApiObject | undefined): GitRemote {
  const { repo = "", caBundle, insecureSkipTLSVerify } = gitRepo.spec;
  const credential = secret === undefined ? undefined : credentialOf(secret);
  return {
    url: repo,
    ...(credential === undefined ? {} : { credential }),
    ...(caBundle === undefined || caBundle === ""
      ? {}
      : { caBundle: Buffer.from(caBundle, "base64").toString("utf8") }),
    ...(insecureSkipTLSVerify === true ? { insecureSkipTLS: true } : {}),
  };
}

/**
 * Returns the credential of a Secret: `username` and `password` (kubernetes.io/basic-auth), `ssh-privatekey` with
 * `known_hosts` (kubernetes.io/ssh-auth), `token`, or the three fields of a GitHub App. Throws GIT_SECRET_INVALID when it holds none of these.
 */
export function credentialOf(secret: ApiObject): GitCredential {
  const field = (name: string): string | undefined => secretField(secret, name);
  const privateKey = field("ssh-privatekey");
  const knownHosts = field("known_hosts");
  if (privateKey !== undefined) return { kind: "ssh", privateKey, ...(knownHosts === undefined ? {} : { knownHosts }) };
  const password = field("password");
  if (password !== undefined) return { kind: "basic", username: field("username") ?? "git", password };
  const token = field("token");
  if (token !== undefined) return { kind: "bearer", token };
  const app = gitHubAppOf(secret);
  if (app !== undefined) return { kind: "githubApp", ...app };
  const name = `${secret.metadata.namespace ?? ""}/${secret.metadata.name ?? ""}`;
  throw new AppError(
    "GIT_SECRET_INVALID",
    `Secret ${name} holds no Git credential: it needs username and password, ssh-privatekey, token, or github_app_id, github_app_installation_id and github_app_private_key`,
    {
      verdict: "stalled",
      details: { secret: name },
    },
  );
}

/** Reads the fields that Fleet gives a GitHub App; a key that cannot sign is found here, not at the first poll. */
function gitHubAppOf(secret: ApiObject): GitHubApp | undefined {
  const appId = secretField(secret, "github_app_id")?.trim();
  const installationId = secretField(secret, "github_app_installation_id")?.trim();
  const privateKey = secretField(secret, "github_app_private_key");
  if (appId === undefined || installationId === undefined || privateKey === undefined) return undefined;
  const name = `${secret.metadata.namespace ?? ""}/${secret.metadata.name ?? ""}`;
  const fault = (problem: string): AppError =>
    new AppError("GIT_SECRET_INVALID", `Secret ${name}: ${problem}`, {
      verdict: "stalled",
      details: { secret: name },
    });
  if (!/^\d+$/u.test(appId) || !/^\d+$/u.test(installationId))
    throw fault("github_app_id and github_app_installation_id are numbers");
  try {
    if (createPrivateKey(privateKey).asymmetricKeyType === "rsa") return { appId, installationId, privateKey };
  } catch {
    // Which words OpenSSL has for it helps nobody.
  }
  throw fault("github_app_private_key is no RSA key in PEM: take the file that GitHub gave for the app");
}

/** Returns a field of a Secret, undefined when it is absent or empty. */
export function secretField(secret: ApiObject, name: string): string | undefined {
  for (const [part, encoded] of [
    ["stringData", false],
    ["data", true],
  ] as const) {
    const fields = secret[part];
    if (typeof fields !== "object" || fields === null || Array.isArray(fields)) continue;
    const value: unknown = (fields as Record<string, unknown>)[name];
    if (typeof value === "string" && value !== "")
      return encoded ? Buffer.from(value, "base64").toString("utf8") : value;
  }
  return undefined;
}
