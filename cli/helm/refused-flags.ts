import { type CommandInput, type CommandOption, UsageError } from "../command.ts";

/** A flag of Helm's that a command of ours has not; whoever gives it is told why. */
export interface RefusedFlag {
  readonly type: "string" | "boolean";
  readonly reason: string;
}

const noCluster = "this command talks to no cluster";
const ownCache = "nothing is cached between calls";

/** Flags that every `helm` command has. */
export const refusedEverywhere: Readonly<Record<string, RefusedFlag>> = {
  "burst-limit": { type: "string", reason: noCluster },
  color: { type: "string", reason: "nothing is coloured" },
  colour: { type: "string", reason: "nothing is coloured" },
  "content-cache": { type: "string", reason: ownCache },
  debug: { type: "boolean", reason: "there is no debug output: errors already name file, line and call chain" },
  "kube-apiserver": { type: "string", reason: noCluster },
  "kube-as-group": { type: "string", reason: noCluster },
  "kube-as-user": { type: "string", reason: noCluster },
  "kube-ca-file": { type: "string", reason: noCluster },
  "kube-context": { type: "string", reason: noCluster },
  "kube-insecure-skip-tls-verify": { type: "boolean", reason: noCluster },
  "kube-tls-server-name": { type: "string", reason: noCluster },
  "kube-token": { type: "string", reason: noCluster },
  kubeconfig: { type: "string", reason: noCluster },
  qps: { type: "string", reason: noCluster },
  "registry-config": { type: "string", reason: "no file of logins is read: use --username and --password" },
  "repository-cache": { type: "string", reason: ownCache },
  "repository-config": { type: "string", reason: "no list of repositories is read: use --repo with the address" },
};

/** Returns options for help and parsing, which all say that they are refused. */
export function optionsOf(refused: Readonly<Record<string, RefusedFlag>>): Record<string, CommandOption> {
  return Object.fromEntries(
    Object.entries(refused).map(([name, { type, reason }]) => [
      name,
      { type, ...(type === "string" ? { value: "VALUE" } : {}), description: `Refused: ${reason}.` },
    ]),
  );
}

/** Throws UsageError with the reason when one of these flags was given. */
export function refuseFlags(input: CommandInput, refused: Readonly<Record<string, RefusedFlag>>): void {
  for (const [name, { reason }] of Object.entries(refused)) {
    const given = input.options[name];
    if (given !== undefined && given !== false) throw new UsageError(`--${name} is refused: ${reason}`);
  }
}
