import type { CommandOption } from "../command.ts";
import { optionsOf, refusedEverywhere, type RefusedFlag } from "./refused-flags.ts";
import { refusedSigning, sourceFlags } from "./source-flags.ts";
import { valueFlags } from "./value-flags.ts";

const many = { type: "string", multiple: true } as const;
const { "repository-config": _repositories, ...refusedElsewhere } = refusedEverywhere;

/** Flags of `helm template` that this command has not. */
export const refusedByTemplate: Readonly<Record<string, RefusedFlag>> = {
  validate: { type: "boolean", reason: "this command talks to no cluster: use `kubectl apply --dry-run=server`" },
  ...refusedSigning,
  ...refusedElsewhere,
};

const naming = {
  "generate-name": {
    type: "boolean",
    short: "g",
    description: "Allowed without NAME only; the name is then release-name, as in Helm.",
  },
  "name-template": { type: "string", value: "TEMPLATE", description: "Template that writes the name of the release." },
} as const satisfies Record<string, CommandOption>;

const output = {
  "include-crds": { type: "boolean", description: "Print the files of crds/ too." },
  "show-only": { ...many, short: "s", value: "PATH", description: "Print only what this template, or pattern, gives." },
  "skip-tests": { type: "boolean", description: "Leave test hooks out." },
  "no-hooks": { type: "boolean", description: "Leave all hooks out." },
  "output-dir": { type: "string", value: "DIR", description: "Write files below this folder instead of printing." },
  "release-name": { type: "boolean", description: "With --output-dir: below a folder named after the release." },
} as const satisfies Record<string, CommandOption>;

const installing = "Has no effect on what is printed, as in Helm: it concerns installing.";

const postRendering = {
  "post-renderer": {
    ...many,
    value: "NAME",
    description: "Plugin of Helm (postrenderer/v1, a program) that all documents go through before they are sorted.",
  },
  "post-renderer-args": { ...many, value: "ARG", description: "Argument for the post-renderer; may be repeated." },
} as const satisfies Record<string, CommandOption>;

/** Flags that Helm takes and that cannot change what it prints. */
const withoutEffect = {
  "create-namespace": { type: "boolean", description: installing },
  description: { type: "string", value: "TEXT", description: installing },
  "disable-openapi-validation": { type: "boolean", description: installing },
  "force-conflicts": { type: "boolean", description: installing },
  "force-replace": { type: "boolean", description: installing },
  labels: { ...many, short: "l", value: "KEY=VALUE", description: installing },
  replace: { type: "boolean", description: installing },
  "rollback-on-failure": { type: "boolean", description: installing },
  "server-side": { type: "boolean", description: installing },
  "skip-crds": { type: "boolean", description: installing },
  "take-ownership": { type: "boolean", description: installing },
  timeout: { type: "string", value: "DURATION", description: installing },
  wait: { type: "string", bare: "watcher", value: "STRATEGY", description: installing },
  "wait-for-jobs": { type: "boolean", description: installing },
} as const satisfies Record<string, CommandOption>;

/** Every flag of `drover helm template`. */
export const templateFlags: Readonly<Record<string, CommandOption>> = {
  ...valueFlags,
  namespace: {
    type: "string",
    short: "n",
    value: "NAME",
    description: "Namespace of the release. Default: $HELM_NAMESPACE, then default.",
  },
  ...naming,
  "kube-version": { type: "string", value: "VERSION", description: "Kubernetes version that the chart sees." },
  "api-versions": {
    ...many,
    short: "a",
    value: "LIST",
    description: "API versions that the chart sees besides the usual ones, with commas or repeated.",
  },
  "is-upgrade": { type: "boolean", description: "Set .Release.IsUpgrade instead of .Release.IsInstall." },
  "skip-schema-validation": { type: "boolean", description: "Do not check values against values.schema.json." },
  "enable-dns": {
    type: "boolean",
    description: "Let getHostByName ask for addresses; without it, it returns nothing.",
  },
  ...output,
  ...postRendering,
  ...sourceFlags,
  "dependency-update": {
    type: "boolean",
    description: "Fetch dependencies that are not in charts/ first, as `drover helm dependency update`.",
  },
  "repository-config": {
    type: "string",
    value: "FILE",
    description: "For --dependency-update: names and credentials of repositories. Default: Helm's repositories.yaml.",
  },
  "dry-run": {
    type: "string",
    bare: "unset",
    value: "KIND",
    description: "client, which is what this command does; server is refused, since it talks to no cluster.",
  },
  ...withoutEffect,
  ...optionsOf(refusedByTemplate),
};
