import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";

import { type JsonObject, type JsonValue, isJsonObject } from "../../../codec/json-value.ts";
import { parseYaml } from "../../../codec/parse-yaml.ts";
import { printGoYaml } from "../../../codec/print-go-yaml.ts";
import { type KubeObject, fleetApiVersion } from "../../../shared/api/meta.ts";
import { defaultTargets } from "../../../shared/bundle/bundle-options.ts";
import { callCli } from "./call-cli.ts";
import type { CaseError, FleetCase } from "./read-case.ts";
import { asJson } from "../../../cli/offline/target-view.ts";

const errorsSchema = z.array(z.looseObject({ phase: z.string(), bundle: z.string().optional(), cluster: z.string().optional(), error: z.string() }));

/** What one call of the command line gave. */
export interface CliAnswer {
  readonly code: number;
  readonly documents: readonly JsonValue[];
  readonly errors: readonly CaseError[];
}

/** How the GitRepo is told to the command: by the flags of `fleet apply`, or by a manifest. */
export type InputForm = "flags" | "manifest";

/** A case laid out in a folder of its own, as a user of the command line has it. */
export interface CliCase {
  bundle(form: InputForm): Promise<CliAnswer>;
  target(form: InputForm): Promise<CliAnswer>;
  /** Objects by `<cluster>/<bundle>.yaml`. */
  render(path: string): Promise<CliAnswer & { readonly files: ReadonlyMap<string, readonly KubeObject[]> }>;
}

/** Writes a case's repository, clusters, targets and manifest below a folder; its calls run the command line (see `callCli`). */
export function layOutCase(fleetCase: FleetCase, folder: string): CliCase {
  const repo = join(folder, "repo");
  cpSync(join(fleetCase.folder, "repo"), repo, { recursive: true, verbatimSymlinks: true });
  for (const { path, file, count, line } of fleetCase.generate) {
    const name = join(repo, path ?? file ?? "");
    mkdirSync(dirname(name), { recursive: true });
    writeFileSync(name, Array.from({ length: count }, (_, index) => `${line.replaceAll("%d", String(index))}\n`).join(""));
  }
  const { apply, targets, world } = fleetCase;
  const write = (name: string, documents: readonly unknown[]): string => {
    const path = join(folder, name);
    writeFileSync(path, documents.map((document) => printGoYaml(asJson(document))).join("---\n"));
    return path;
  };
  const aimed = targets?.length === 0 ? defaultTargets : targets;
  const namespaces = world.namespaces.map((metadata) => ({ apiVersion: "v1", kind: "Namespace", metadata }));
  const clusters = write("clusters.yaml", [...world.clusters, ...world.groups, ...namespaces, ...world.mappings]);
  const targetsFile = write("targets.yaml", [{ targets: aimed ?? [], targetRestrictions: aimed ?? [] }]);
  const driven = apply.args.includes("--driven-scan");
  const manifest = write("gitrepo.yaml", [
    {
      apiVersion: fleetApiVersion,
      kind: "GitRepo",
      metadata: { name: apply.name, namespace: apply.namespace },
      spec: { repo: "https://git.example/config", ...(driven ? {} : { paths: apply.paths }), ...(targets === undefined ? {} : { targets }) },
    },
  ]);
  const input = (form: InputForm): string[] => [
    ...["--repo", repo, ...apply.args],
    ...(form === "flags"
      ? ["--name", apply.name, "--namespace", apply.namespace, ...(targets === undefined ? [] : ["--targets-file", targetsFile]), ...apply.paths]
      : ["--gitrepo", manifest, ...(targets === undefined ? ["--no-targets"] : []), ...(driven ? apply.paths : [])]),
  ];
  const call = async (args: readonly string[], path = ""): Promise<CliAnswer> => {
    const errors = join(folder, "errors.yaml");
    const { code, output } = await callCli({ args: [...args, "--errors", errors], cwd: folder, path });
    return { code, documents: read(output), errors: errorsSchema.parse(read(readFileSync(errors, "utf8")).filter(isJsonObject)) };
  };
  return {
    bundle: async (form) => call(["bundle", "-o", "yaml", ...input(form)]),
    target: async (form) => call(["target", "-o", "yaml", "--clusters", clusters, ...input(form)]),
    render: async (path) => {
      const out = join(folder, "out");
      const kubeVersion = fleetCase.deploy?.kubeVersion ?? "v1.25.0";
      const args = ["render", "--fleet-marks", "-o", `dir=${out}`, "--clusters", clusters, "--kube-version", kubeVersion];
      const answer = await call([...args, ...input("flags")], path);
      const names = existsSync(out) ? readdirSync(out, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".yaml")) : [];
      const files = names.map((name) => [name, read(readFileSync(join(out, name), "utf8")).filter(isKubeObject)] as const);
      return { ...answer, files: new Map(files) };
    },
  };
}

function read(text: string): JsonValue[] {
  return parseYaml(text, { file: "output" }).map(({ value }) => value);
}

function isKubeObject(value: JsonValue): value is KubeObject & JsonObject {
  return isJsonObject(value) && typeof value["kind"] === "string" && isJsonObject(value["metadata"]);
}
