import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describe, expect, it } from "vitest";
import type * as z from "zod";
import { agentConfigSchema } from "../../../agent/config.ts";
import { bundlerConfigSchema } from "../../../bundler/config.ts";
import { loadAllCommands } from "../../../cli/commands.ts";
import { testFileSchema } from "../../../cli/offline/test-file.ts";
import { isJsonObject, type JsonObject } from "../../../codec/json-value.ts";
import { parseYaml } from "../../../codec/parse-yaml.ts";
import own from "../../../package.json" with { type: "json" };
import { bundleDeploymentSchema } from "../../../shared/api/bundle-deployment.ts";
import { bundleSchema } from "../../../shared/api/bundle.ts";
import { clusterGroupSchema } from "../../../shared/api/cluster-group.ts";
import { clusterSchema } from "../../../shared/api/cluster.ts";
import { gitRepoSchema } from "../../../shared/api/git-repo.ts";
import { isKubeObject } from "../../../shared/api/is-kube-object.ts";
import { registrationTokenSpecSchema } from "../../../shared/api/registration-token.ts";
import { readFleetYaml } from "../../../shared/bundle/read-fleet-yaml.ts";
import { flagName, readConfig } from "../../../shared/runtime/config.ts";
import { type Block, blocksOf, commandsOf, linksOf, readPages } from "../../support/read-docs.ts";

const commands = await loadAllCommands();

const root = join(import.meta.dirname, "../../..");
const pages = readPages();
const blocks = pages.flatMap(blocksOf);
const inLanguage = (...languages: string[]): (Block & { title: string })[] =>
  blocks
    .filter(({ language }) => languages.includes(language))
    .map((block) => ({ ...block, title: `${block.page}:${block.line}` }));

const kinds: Readonly<Record<string, z.ZodType>> = {
  GitRepo: gitRepoSchema,
  Bundle: bundleSchema,
  Cluster: clusterSchema,
  ClusterGroup: clusterGroupSchema,
  BundleDeployment: bundleDeploymentSchema,
};
const specs: Readonly<Record<string, z.ZodObject>> = {
  GitRepo: gitRepoSchema.shape.spec,
  Bundle: bundleSchema.shape.spec,
  Cluster: clusterSchema.shape.spec.unwrap(),
  ClusterGroup: clusterGroupSchema.shape.spec.unwrap(),
  BundleDeployment: bundleDeploymentSchema.shape.spec,
  ClusterRegistrationToken: registrationTokenSpecSchema,
};
const settings = { bundler: bundlerConfigSchema, agent: agentConfigSchema };

describe("the yaml in our pages", () => {
  it.each(inLanguage("yaml"))("$title is what it says it is", ({ text, title }) => {
    expect(faultsOf(text, title)).toEqual([]);
  });
});

function faultsOf(text: string, title: string): string[] {
  const program = /^# (?<name>bundler|agent) settings\n/u.exec(text)?.groups?.["name"];
  if (program === "bundler" || program === "agent") {
    const sources = { argv: ["--config", title], env: {}, envPrefix: "TEST_" };
    readConfig(settings[program], { ...sources, readFile: () => parseYaml(text, { file: title })[0]?.value });
    return [];
  }
  if (text.startsWith("# drover test\n")) {
    const { error } = testFileSchema.safeParse(parseYaml(text, { file: title })[0]?.value);
    return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
  }
  return text.split(/^---$/mu).flatMap((document) => {
    const value = parseYaml(document, { file: title })[0]?.value;
    if (isKubeObject(value)) return objectFaults(value);
    return readFleetYaml(document, title).warnings.map(({ message }) => message);
  });
}

function objectFaults(object: { readonly kind: string; readonly spec?: unknown }): string[] {
  const parsed = kinds[object.kind]?.safeParse(object);
  const spec = specs[object.kind];
  const fields: JsonObject = isJsonObject(object.spec) ? object.spec : {};
  const unknown = spec === undefined ? [] : Object.keys(fields).filter((key) => !(key in spec.shape));
  const bad = spec?.safeParse(fields);
  return [
    ...(parsed?.error?.issues ?? bad?.error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`),
    ...unknown.map((key) => `spec.${key} is no field of ${object.kind}`),
  ];
}

describe("the commands in our pages", () => {
  it.each(inLanguage("sh", "bash", "shell"))("$title can be typed", (block) => {
    expect(commandsOf(block).flatMap(commandFaults)).toEqual([]);
  });

  it("are the two of the readme, at least", () => {
    const readme = inLanguage("sh").filter(({ page }) => page === "README.md");
    expect(readme.flatMap(commandsOf)).toEqual(
      expect.arrayContaining([
        ["npm", "run", "demo"],
        ["npm", "test"],
      ]),
    );
  });
});

/** Programs of others; what they are given is not looked at. */
const others = new Set(["git", "kubectl", "curl", "export", "docker"]);

function commandFaults(words: readonly string[]): string[] {
  const missing = words
    .filter((word) => /^(?:examples|docs|tools|test|bundler|agent)\/[\w./-]+$/u.test(word))
    .filter((word) => !existsSync(join(root, word)))
    .map((word) => `there is no ${word}`);
  return [...missing, ...programFaults(words)];
}

function programFaults([program = "", ...rest]: readonly string[]): string[] {
  if (/^\w+=/u.test(program)) return rest.length === 0 || program.includes("$(") ? [] : programFaults(rest);
  if (program === "npm") return npmFaults(rest);
  if (program === "drover") return droverFaults(rest);
  return others.has(program) || (program === "node" && existsSync(join(root, rest[0] ?? "")))
    ? []
    : [`${program} is no program that we know`];
}

function npmFaults(words: readonly string[]): string[] {
  const [verb = "", ...rest] = words;
  if (["test", "pack", "install"].includes(verb)) return [];
  const [script = "", ...args] = rest.filter((word) => word !== "--silent");
  if (verb !== "run" || !(script in own.scripts)) return [`npm ${words.join(" ")}: there is no such script`];
  return script === "drover" ? droverFaults(args.filter((word) => word !== "--")) : [];
}

function droverFaults(words: readonly string[]): string[] {
  if (words[0]?.startsWith("--") === true)
    return ["--version", "--help"].includes(words[0]) ? [] : [`drover ${words[0]}`];
  const command = commands.find(({ name }) => words.join(" ").startsWith(`${name} `) || words.join(" ") === name);
  if (command === undefined) return [`drover ${words.join(" ")}: there is no such command`];
  const args = words.slice(command.name.split(" ").length);
  if (command.name === "bundler" || command.name === "agent") return flagFaults(settings[command.name], args);
  const options = Object.entries(command.options).map(([name, { type, short, multiple }]) => [
    name,
    { type, multiple: multiple ?? false, ...(short === undefined ? {} : { short }) },
  ]);
  try {
    parseArgs({ args, options: Object.fromEntries(options), allowPositionals: true });
    return [];
  } catch (error) {
    return [`drover ${words.join(" ")}: ${String(error)}`];
  }
}

function flagFaults(schema: z.ZodObject, args: readonly string[]): string[] {
  const known = new Set([...Object.keys(schema.shape).map(flagName), "config", "print-config"]);
  return args
    .filter((word) => word.startsWith("--"))
    .map((word) => word.slice(2).replace(/=.*$/u, ""))
    .filter((flag) => !known.has(flag));
}

describe("the links in our pages", () => {
  it.each(pages)("$path links to what is there", (page) => {
    expect(linksOf(page).filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });
});
