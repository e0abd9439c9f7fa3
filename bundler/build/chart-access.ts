import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import type { SourceAccess } from "../../helm/chart/source/source-access.ts";
import { compileRegex } from "../../helm/functions/compile-regex.ts";
import { GoPanic } from "../../helm/template/go-value.ts";
import type { GitRepo } from "../../shared/api/git-repo.ts";
import type { ChartRef } from "../../shared/bundle/chart-sources.ts";
import { AppError } from "../../shared/errors.ts";
import { secretField } from "../controllers/git-credential.ts";
import { type PathAccess, readPathAccess } from "./read-path-access.ts";

/** How a chart's server is to be spoken to, and why a credential that there is stays at home. */
export interface GrantedAccess {
  readonly access: SourceAccess;
  readonly withheld?: string;
}

/** Returns the access to a chart for the bundle directory at a path of the repository ("" is its root). */
export type ChartAccess = (ref: ChartRef, path: string) => GrantedAccess;

/** The Secrets that a GitRepo names for charts; undefined where one does not exist or is not named. */
export interface ChartSecrets {
  /** `helmSecretName`. */
  readonly forAll?: ApiObject | undefined;
  /** `helmSecretNameForPaths`, which wins. */
  readonly forPaths?: ApiObject | undefined;
}

const truths: ReadonlySet<string> = new Set(["1", "t", "T", "TRUE", "true", "True"]);

/**
 * Returns the access that a GitRepo gives to charts: `caBundle` and `insecureSkipTLSVerify` of its own, the Secret for all
 * charts or that for paths, and its credential only where helmRepoURLRegex matches the start of the address, nowhere
 * without one (fleet-semantics 1.7 and 12.1). Throws CHART_AUTH_FAILED for a Secret that does not exist or cannot be read, and
 * CHART_REFUSED for a pattern that is none.
 */
export function chartAccessOf(gitRepo: GitRepo, secrets: ChartSecrets): ChartAccess {
  const { helmSecretName = "", helmSecretNameForPaths = "", helmRepoURLRegex = "" } = gitRepo.spec;
  const namespace = gitRepo.metadata.namespace ?? "";
  const matches = helmRepoURLRegex === "" ? undefined : matcher(helmRepoURLRegex);
  const granted = (secret: string, access: SourceAccess): ChartAccess => {
    const whole = withTrust(access, gitRepo);
    return ({ repo, chart }) => {
      if (!hasCredential(whole) || matches?.(repo === "" ? chart : repo) === true) return { access: whole };
      const why = matches === undefined ? "helmRepoURLRegex is empty" : "helmRepoURLRegex does not match the address";
      return { access: anonymous(whole), withheld: `${why}, so that of Secret ${secret} stays unused` };
    };
  };
  if (helmSecretNameForPaths !== "") {
    const name = `${namespace}/${helmSecretNameForPaths}`;
    if (secrets.forPaths === undefined) throw missing(name, "helmSecretNameForPaths");
    const choose = readPathAccess(secrets.forPaths, name);
    return (ref, path) => granted(name, fromFields(choose(path), name))(ref, path);
  }
  if (helmSecretName === "") return granted("", {});
  const name = `${namespace}/${helmSecretName}`;
  const secret = secrets.forAll;
  if (secret === undefined) throw missing(name, "helmSecretName");
  const field = (key: string): string | undefined => secretField(secret, key);
  return granted(
    name,
    fromFields(
      {
        username: field("username"),
        password: field("password"),
        caBundle: field("cacerts"),
        sshPrivateKey: field("ssh-privatekey"),
        sshKnownHosts: field("known_hosts"),
        insecureSkipVerify: truths.has(field("insecureSkipVerify") ?? ""),
        basicHTTP: truths.has(field("basicHTTP") ?? ""),
      },
      name,
    ),
  );
}

function fromFields(fields: PathAccess, secret: string): SourceAccess {
  const { username = "", password = "", caBundle = "", sshPrivateKey = "", sshKnownHosts = "" } = fields;
  if ((username === "") !== (password === "")) {
    const [given, lacking] = username === "" ? ["password", "username"] : ["username", "password"];
    throw denied(`Secret ${secret} has a ${given} without a ${lacking}: charts need both`, secret);
  }
  if (caBundle !== "" && !caBundle.includes("-----BEGIN CERTIFICATE-----")) {
    throw denied(`Secret ${secret}: its CA certificates are no PEM text`, secret);
  }
  return {
    ...(username === "" ? {} : { credential: { username, password } }),
    ...(sshPrivateKey === "" ? {} : { sshKey: { privateKey: sshPrivateKey, knownHosts: sshKnownHosts } }),
    ...(caBundle === "" ? {} : { caBundle }),
    ...(fields.insecureSkipVerify === true ? { insecureSkipTLS: true } : {}),
    ...(fields.basicHTTP === true ? { plainHttp: true } : {}),
  };
}

/** What the GitRepo itself says of trust is for Git and charts; its CA bundle wins over the Secret's. */
function withTrust(access: SourceAccess, { spec }: GitRepo): SourceAccess {
  const { caBundle = "", insecureSkipTLSVerify } = spec;
  return {
    ...access,
    ...(caBundle === "" ? {} : { caBundle: Buffer.from(caBundle, "base64").toString("utf8") }),
    ...(insecureSkipTLSVerify === true ? { insecureSkipTLS: true } : {}),
  };
}

function hasCredential({ credential, sshKey }: SourceAccess): boolean {
  return credential !== undefined || sshKey !== undefined;
}

function anonymous(access: SourceAccess): SourceAccess {
  const { credential: _credential, sshKey: _key, ...rest } = access;
  return rest;
}

function missing(name: string, field: string): AppError {
  return denied(`Secret ${name} does not exist: create it, or change spec.${field}`, name);
}

function denied(message: string, secret: string): AppError {
  return new AppError("CHART_AUTH_FAILED", message, { verdict: "stalled", details: { secret } });
}

/** The pattern is looked at by itself too: one that is broken must not become whole by what is put around it. */
function matcher(pattern: string): (address: string) => boolean {
  try {
    compileRegex(pattern);
    const compiled = compileRegex(`^(?:${pattern})`);
    return (address) => compiled.matcher(address).find();
  } catch (error) {
    if (!(error instanceof GoPanic)) throw error;
    throw new AppError("CHART_REFUSED", `spec.helmRepoURLRegex: ${error.message}`, {
      verdict: "stalled",
      cause: error,
    });
  }
}
