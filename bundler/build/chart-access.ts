import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { compileRegex } from "../../helm/functions/compile-regex.ts";
import type { SourceAccess } from "../../helm/chart/source/source-access.ts";
import { GoPanic } from "../../helm/template/go-value.ts";
import type { GitRepo } from "../../shared/api/git-repo.ts";
import type { ChartRef } from "../../shared/bundle/chart-sources.ts";
import { AppError } from "../../shared/errors.ts";
import { secretField } from "../controllers/git-credential.ts";

/** Returns how a chart's server is to be spoken to. */
export type ChartAccess = (ref: ChartRef) => SourceAccess;

const truths: ReadonlySet<string> = new Set(["1", "t", "T", "TRUE", "true", "True"]);

/**
 * Returns the access that a GitRepo's helmSecretName gives: CA bundle and TLS options for every chart, the credential only
 * where helmRepoURLRegex matches the start of the address, and nowhere without one (fleet-semantics 1.7). Throws
 * CHART_AUTH_FAILED when the Secret does not exist, and CHART_REFUSED for a pattern that is none.
 */
export function chartAccessOf(gitRepo: GitRepo, secret: ApiObject | undefined): ChartAccess {
  const { helmSecretName = "", helmRepoURLRegex = "" } = gitRepo.spec;
  if (helmSecretName === "") return () => ({});
  if (secret === undefined) {
    const name = `${gitRepo.metadata.namespace ?? ""}/${helmSecretName}`;
    const message = `Secret ${name} does not exist: create it, or change spec.helmSecretName`;
    throw new AppError("CHART_AUTH_FAILED", message, { verdict: "stalled", details: { secret: name } });
  }
  const field = (name: string): string | undefined => secretField(secret, name);
  const caBundle = field("cacerts");
  const plain: SourceAccess = {
    ...(caBundle === undefined ? {} : { caBundle }),
    ...(truths.has(field("insecureSkipVerify") ?? "") ? { insecureSkipTLS: true } : {}),
    ...(truths.has(field("basicHTTP") ?? "") ? { plainHttp: true } : {}),
  };
  const [username, password] = [field("username"), field("password")];
  if (username === undefined || password === undefined || helmRepoURLRegex === "") return () => plain;
  const matches = matcher(helmRepoURLRegex);
  return ({ repo, chart }) =>
    matches(repo === "" ? chart : repo) ? { ...plain, credential: { username, password } } : plain;
}

function matcher(pattern: string): (address: string) => boolean {
  try {
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
