import { resolve } from "node:path";
import type { GitRepo } from "../../shared/api/git-repo.ts";
import {
  accessFrom,
  type ChartAccess,
  type CredentialRule,
  credentialGate,
  trustOf,
} from "../../shared/bundle/charts/chart-access.ts";
import { readPathAccess } from "../../shared/bundle/charts/read-path-access.ts";
import {
  type CommandContext,
  type CommandInput,
  type CommandOption,
  switchOption,
  textOption,
  UsageError,
} from "../command.ts";
import { readInputText } from "./read-input-file.ts";

/** Options that say how servers of charts are spoken to, under the names of `fleet apply`. */
export const chartAccessOptions = {
  username: {
    type: "string",
    value: "NAME",
    description:
      "User name for chart servers. Default: $HELM_USERNAME. It goes only where --helm-repo-url-regex matches.",
  },
  "password-file": {
    type: "string",
    value: "FILE",
    description: "Password for chart servers; the last newline is not of it.",
  },
  "cacerts-file": { type: "string", value: "FILE", description: "PEM certificates trusted for chart servers." },
  "ssh-privatekey-file": {
    type: "string",
    value: "FILE",
    description:
      "Private key for charts of Git over ssh, where --helm-repo-url-regex matches. Host keys: $FLEET_KNOWN_HOSTS, else ~/.ssh/known_hosts.",
  },
  "helm-repo-url-regex": {
    type: "string",
    value: "REGEX",
    description: "Where credentials go: to addresses that begin with this; nowhere without it. Default: the GitRepo's.",
  },
  "helm-credentials-by-path-file": {
    type: "string",
    value: "FILE",
    description: "Credentials by directory, in the form of a helmSecretNameForPaths Secret's secrets-path.yaml.",
  },
  "helm-basic-http": { type: "boolean", description: "Registries of charts speak HTTP without TLS." },
  "helm-insecure-skip-tls": { type: "boolean", description: "Certificates of chart servers are not verified." },
} as const satisfies Record<string, CommandOption>;

/**
 * Returns the access to charts that flags and the GitRepo manifest give, credentials only where the pattern matches. Throws
 * INPUT_FILE_INVALID, CHART_AUTH_FAILED, CHART_REFUSED, and UsageError for flags that exclude each other.
 */
export function readChartAccess(
  input: CommandInput,
  { cwd, env }: Pick<CommandContext, "cwd" | "env">,
  gitRepo: GitRepo | undefined,
): ChartAccess {
  const read = (name: string): string | undefined => {
    const file = textOption(input, name);
    return file === undefined ? undefined : readInputText(resolve(cwd, file), `--${name}`);
  };
  const grant = credentialGate(ruleOf(input, gitRepo));
  const trust = {
    ...(gitRepo === undefined ? {} : trustOf(gitRepo)),
    ...accessFrom(
      {
        caBundle: read("cacerts-file"),
        insecureSkipVerify: switchOption(input, "helm-insecure-skip-tls"),
        basicHTTP: switchOption(input, "helm-basic-http"),
      },
      "--cacerts-file",
    ),
  };
  const byPath = textOption(input, "helm-credentials-by-path-file");
  if (byPath !== undefined) {
    refuseOthers(input);
    const choose = readPathAccess(read("helm-credentials-by-path-file"), { owner: byPath, file: byPath });
    return (ref, path) => {
      const without = `${byPath} has none for "${path === "" ? "." : path}"`;
      return grant(ref, { access: { ...trust, ...accessFrom(choose(path), byPath) }, owner: byPath, without });
    };
  }
  const password = read("password-file")?.replace(/\r?\n$/u, "");
  const username = textOption(input, "username") ?? (password === undefined ? undefined : env["HELM_USERNAME"]);
  const sshPrivateKey = read("ssh-privatekey-file");
  const owner = sshPrivateKey === undefined ? "--username and --password-file" : "--ssh-privatekey-file";
  const own = accessFrom({ username, password, sshPrivateKey }, owner);
  const all = { access: { ...trust, ...own }, owner, without: withoutText(gitRepo) };
  return (ref) => grant(ref, all);
}

function ruleOf(input: CommandInput, gitRepo: GitRepo | undefined): CredentialRule {
  const flag = textOption(input, "helm-repo-url-regex");
  const own = gitRepo?.spec.helmRepoURLRegex;
  if (flag === undefined && own !== undefined) return { pattern: own, field: "spec.helmRepoURLRegex" };
  return { pattern: flag ?? "", field: "--helm-repo-url-regex" };
}

function refuseOthers(input: CommandInput): void {
  for (const name of ["username", "password-file", "ssh-privatekey-file"]) {
    if (textOption(input, name) !== undefined)
      throw new UsageError(`--${name} and --helm-credentials-by-path-file exclude each other`);
  }
}

/** The Secrets that a GitRepo names are in the hub, where this does not look. */
function withoutText(gitRepo: GitRepo | undefined): string {
  const { helmSecretNameForPaths = "", helmSecretName = "" } = gitRepo?.spec ?? {};
  if (helmSecretNameForPaths !== "")
    return `Secret ${helmSecretNameForPaths} is not read offline; give its secrets-path.yaml as --helm-credentials-by-path-file`;
  const flags = "--username and --password-file, or --ssh-privatekey-file";
  if (helmSecretName !== "") return `Secret ${helmSecretName} is not read offline; give ${flags}`;
  return `give ${flags}, and --helm-repo-url-regex`;
}
