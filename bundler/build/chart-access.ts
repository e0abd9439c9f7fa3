import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import type { GitRepo } from "../../shared/api/git-repo.ts";
import {
  accessFrom,
  type ChartAccess,
  chartsDenied,
  credentialGate,
  trustOf,
} from "../../shared/bundle/charts/chart-access.ts";
import { readPathAccess } from "../../shared/bundle/charts/read-path-access.ts";
import { secretField } from "../controllers/git-credential.ts";

/** The Secrets that a GitRepo names for charts; undefined where one does not exist or is not named. */
export interface ChartSecrets {
  /** `helmSecretName`. */
  readonly forAll?: ApiObject | undefined;
  /** `helmSecretNameForPaths`, which wins. */
  readonly forPaths?: ApiObject | undefined;
}

/** Key of the Secret that `helmSecretNameForPaths` names. */
const pathsKey = "secrets-path.yaml";

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
  const trust = trustOf(gitRepo);
  const grant = credentialGate({ pattern: helmRepoURLRegex, field: "spec.helmRepoURLRegex" });
  if (helmSecretNameForPaths !== "") {
    const owner = `Secret ${namespace}/${helmSecretNameForPaths}`;
    if (secrets.forPaths === undefined) throw missing(owner, "helmSecretNameForPaths");
    const choose = readPathAccess(secretField(secrets.forPaths, pathsKey), { owner, file: pathsKey });
    return (ref, path) => {
      const without = `${owner} has none for "${path === "" ? "." : path}"`;
      return grant(ref, { access: { ...accessFrom(choose(path), owner), ...trust }, owner, without });
    };
  }
  if (helmSecretName === "") {
    const own = { access: trust, owner: "", without: "helmSecretName names none" };
    return (ref) => grant(ref, own);
  }
  const owner = `Secret ${namespace}/${helmSecretName}`;
  const secret = secrets.forAll;
  if (secret === undefined) throw missing(owner, "helmSecretName");
  const own = { access: { ...fieldsOf(secret, owner), ...trust }, owner, without: `${owner} holds none` };
  return (ref) => grant(ref, own);
}

function fieldsOf(secret: ApiObject, owner: string): ReturnType<typeof accessFrom> {
  const field = (key: string): string | undefined => secretField(secret, key);
  return accessFrom(
    {
      username: field("username"),
      password: field("password"),
      caBundle: field("cacerts"),
      sshPrivateKey: field("ssh-privatekey"),
      sshKnownHosts: field("known_hosts"),
      insecureSkipVerify: truths.has(field("insecureSkipVerify") ?? ""),
      basicHTTP: truths.has(field("basicHTTP") ?? ""),
    },
    owner,
  );
}

function missing(owner: string, field: string): ReturnType<typeof chartsDenied> {
  return chartsDenied(`${owner} does not exist: create it, or change spec.${field}`);
}
