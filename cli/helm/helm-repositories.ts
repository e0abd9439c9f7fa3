import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { ChartError } from "../../helm/chart/chart-error.ts";
import type { NamedRepository } from "../../helm/chart/dependencies/known-repositories.ts";
import { FieldReader } from "../../helm/chart/read-fields.ts";
import { readYaml, yamlFault } from "../../helm/chart/read-yaml.ts";
import type { SourceAccess } from "../../helm/chart/source/source-access.ts";
import { type CommandContext, type CommandInput, textOption } from "../command.ts";

/** A chart repository that `helm repo add` made known. */
export interface KnownRepository extends NamedRepository {
  readonly access: SourceAccess;
}

/** Returns the repositories of Helm's repositories.yaml, none where there is no such file. Throws `ChartError`. */
export function readRepositories(input: CommandInput, context: CommandContext): KnownRepository[] {
  const file = resolve(context.cwd, textOption(input, "repository-config") ?? defaultFile(context.env));
  if (!existsSync(file)) return [];
  try {
    const listed = new FieldReader("repo.File", readYaml(readFileSync(file, "utf8"))).list("repositories") ?? [];
    return listed.filter((entry) => isJsonObject(entry)).map((entry) => knownRepository(entry, context.cwd));
  } catch (error) {
    const fault = yamlFault(error);
    if (fault === undefined) throw error;
    throw new ChartError("load", `${file} cannot be read: ${fault}`, error);
  }
}

function defaultFile(env: CommandContext["env"]): string {
  if (env["HELM_REPOSITORY_CONFIG"] !== undefined) return env["HELM_REPOSITORY_CONFIG"];
  const config = env["XDG_CONFIG_HOME"] ?? join(env["HOME"] ?? homedir(), ".config");
  return join(env["HELM_CONFIG_HOME"] ?? join(config, "helm"), "repositories.yaml");
}

function knownRepository(entry: JsonValue, cwd: string): KnownRepository {
  const fields = new FieldReader("repo.Entry", entry);
  const [username, password] = [fields.text("username"), fields.text("password")];
  const [caBundle, cert, key] = ["caFile", "certFile", "keyFile"].map((name) => readText(fields.text(name), cwd));
  return {
    name: fields.text("name"),
    url: fields.text("url"),
    access: {
      ...(username === "" && password === "" ? {} : { credential: { username, password } }),
      ...(caBundle === undefined ? {} : { caBundle }),
      ...(cert === undefined || key === undefined ? {} : { clientCertificate: { cert, key } }),
      insecureSkipTLS: fields.flag("insecure_skip_tls_verify"),
      passCredentials: fields.flag("pass_credentials_all"),
    },
  };
}

function readText(path: string, cwd: string): string | undefined {
  if (path === "") return undefined;
  try {
    return readFileSync(resolve(cwd, path), "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ChartError("load", `${path} cannot be read: ${reason}`, error);
  }
}

/** Returns whether two addresses name one repository, whatever slashes they end in. */
export function isSameRepository(a: string, b: string): boolean {
  return a.replace(/\/+$/u, "") === b.replace(/\/+$/u, "");
}
