import type { SourceAccess } from "../../../helm/chart/source/source-access.ts";
import { compileRegex } from "../../../helm/functions/compile-regex.ts";
import { GoPanic } from "../../../helm/template/go-value.ts";
import type { GitRepo } from "../../api/git-repo.ts";
import { AppError } from "../../errors.ts";
import type { ChartRef } from "../chart-sources.ts";
import type { PathAccess } from "./read-path-access.ts";

/** How a chart's server is to be spoken to, and why no credential goes there. */
export interface GrantedAccess {
  readonly access: SourceAccess;
  /** Undefined with a credential. */
  readonly withheld?: string;
}

/** Returns the access to a chart for the bundle directory at a path of the repository ("" is its root). */
export type ChartAccess = (ref: ChartRef, path: string) => GrantedAccess;

/** Where a credential may go. */
export interface CredentialRule {
  /** Regular expression that an address must begin with; "": the credential goes nowhere. */
  readonly pattern: string;
  /** What the pattern is called: `spec.helmRepoURLRegex`. */
  readonly field: string;
}

/** An access, and where it comes from. */
export interface OwnedAccess {
  readonly access: SourceAccess;
  /** Whose the credential is, such as `Secret team/charts`. */
  readonly owner: string;
  /** Why there is no credential, for an access without one. */
  readonly without: string;
}

/**
 * Returns a function that gives a credential only to addresses whose start the pattern matches (fleet-semantics 1.7 and
 * 12.1): `repo`, or `chart` where there is no `repo`. Throws CHART_REFUSED for a pattern that is none.
 */
export function credentialGate({ pattern, field }: CredentialRule): (ref: ChartRef, own: OwnedAccess) => GrantedAccess {
  const matches = pattern === "" ? undefined : matcher(pattern, field);
  return ({ repo, chart }, { access, owner, without }) => {
    if (access.credential === undefined && access.sshKey === undefined) return { access, withheld: without };
    if (matches?.(repo === "" ? chart : repo) === true) return { access };
    const why = matches === undefined ? `${field} is empty` : `${field} does not match the address`;
    const { credential: _credential, sshKey: _key, ...anonymous } = access;
    return { access: anonymous, withheld: `${why}, so that of ${owner} stays unused` };
  };
}

/** Returns the access that fields of a Secret or a file say. Throws CHART_AUTH_FAILED for what cannot be used; `owner` is for messages. */
export function accessFrom(fields: PathAccess, owner: string): SourceAccess {
  const { username = "", password = "", caBundle = "", sshPrivateKey = "", sshKnownHosts = "" } = fields;
  if ((username === "") !== (password === "")) {
    const [given, lacking] = username === "" ? ["password", "username"] : ["username", "password"];
    throw chartsDenied(`${owner} has a ${given} without a ${lacking}: charts need both`);
  }
  if (caBundle !== "" && !caBundle.includes("-----BEGIN CERTIFICATE-----")) {
    throw chartsDenied(`${owner}: its CA certificates are no PEM text`);
  }
  return {
    ...(username === "" ? {} : { credential: { username, password } }),
    ...(sshPrivateKey === "" ? {} : { sshKey: { privateKey: sshPrivateKey, knownHosts: sshKnownHosts } }),
    ...(caBundle === "" ? {} : { caBundle }),
    ...(fields.insecureSkipVerify === true ? { insecureSkipTLS: true } : {}),
    ...(fields.basicHTTP === true ? { plainHttp: true } : {}),
  };
}

/** Returns what a GitRepo itself says of trust, which is for Git and charts. */
export function trustOf({ spec }: GitRepo): Pick<SourceAccess, "caBundle" | "insecureSkipTLS"> {
  const { caBundle = "", insecureSkipTLSVerify } = spec;
  return {
    ...(caBundle === "" ? {} : { caBundle: Buffer.from(caBundle, "base64").toString("utf8") }),
    ...(insecureSkipTLSVerify === true ? { insecureSkipTLS: true } : {}),
  };
}

/** Returns the error for credentials that cannot be used. */
export function chartsDenied(message: string): AppError {
  return new AppError("CHART_AUTH_FAILED", message, { verdict: "stalled" });
}

/** The pattern is looked at by itself too: one that is broken must not become whole by what is put around it. */
function matcher(pattern: string, field: string): (address: string) => boolean {
  try {
    compileRegex(pattern);
    const compiled = compileRegex(`^(?:${pattern})`);
    return (address) => compiled.matcher(address).find();
  } catch (error) {
    if (!(error instanceof GoPanic)) throw error;
    throw new AppError("CHART_REFUSED", `${field}: ${error.message}`, { verdict: "stalled", cause: error });
  }
}
