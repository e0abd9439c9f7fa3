import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import * as z from "zod";
import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { parseYaml } from "../../codec/parse-yaml.ts";
import { clustersFor } from "./clusters-for.ts";
import { findGitRepos } from "./find-git-repos.ts";
import { type Call, runDrover } from "./run-drover.ts";

const findingSchema = z.looseObject({
  level: z.string(),
  code: z.string(),
  file: z.string().optional(),
  line: z.number().optional(),
});
const faultSchema = z.looseObject({ phase: z.string(), bundle: z.string().optional(), error: z.string() });

/** What all commands made of one repository. */
export interface Trial {
  readonly name: string;
  readonly bundles: number;
  /** Bundle and cluster pairs of `drover target` with a deployment. */
  readonly deployments: number;
  readonly objects: number;
  /** Codes of `drover lint`, by level. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** Warnings about a file that lack their place in it. */
  readonly unplaced: number;
  /** Codes of what `drover render` refused beyond what could not be built. */
  readonly refused: readonly string[];
  /** GitRepo manifests in the repository that follow itself, and the codes of what failed in them. */
  readonly gitRepos: number;
  readonly gitRepoErrors: readonly string[];
  readonly crashes: readonly string[];
  readonly seconds: number;
}

/**
 * Runs `lint`, `bundle`, `target`, `render` and `explain` on a repository as a user would, with clusters made from its own
 * targets, and `bundle` for each GitRepo manifest in it that follows the repository itself. The folder is named
 * `repository` or `owner+repository`.
 */
export function tryRepository(folder: string): Trial {
  const name = basename(folder);
  const out = mkdtempSync(join(tmpdir(), "drover-try-"));
  const calls: Call[] = [];
  const run = (...args: string[]): Call => {
    const call = runDrover(args);
    calls.push(call);
    return call;
  };
  try {
    const source = ["--repo", folder, "--name", "repo"];
    const findings = z.array(findingSchema).safeParse(readJson(run("lint", ...source, "-o", "json").stdout)).data ?? [];
    const bundles = objectsOf(run("bundle", ...source, "-o", "json").stdout);
    const clusters = join(out, "clusters.yaml");
    writeFileSync(
      clusters,
      clustersFor(bundles)
        .map((object) => `---\n${JSON.stringify(object)}\n`)
        .join(""),
    );
    const aimed = objectsOf(run("target", ...source, "--clusters", clusters, "-o", "json").stdout);
    const errors = join(out, "errors.yaml");
    // As a table: all objects of a load test for all clusters are more than one string can hold.
    const table = run("render", ...source, "--clusters", clusters, "-o", "table", "--errors", errors).stdout;
    const first = bundles.at(0)?.["metadata"];
    if (isJsonObject(first) && typeof first["name"] === "string")
      run("explain", first["name"], "targets", ...source, "--clusters", clusters, "--cluster", "plain");
    const gitRepos = tryGitRepos(folder, out, run);
    return {
      name,
      bundles: bundles.length,
      deployments: aimed.filter(({ deployment }) => isJsonObject(deployment)).length,
      objects: table
        .split("\n")
        .filter((line) => line !== "")
        .slice(1).length,
      errors: findings.filter(({ level }) => level === "error").map(({ code }) => code),
      warnings: findings.filter(({ level }) => level === "warning").map(({ code }) => code),
      unplaced: findings.filter(
        ({ file, line, code }) => (file === undefined || line === undefined) && code !== "BUNDLES_NONE",
      ).length,
      refused: faultsIn(errors)
        .filter(({ phase }) => phase !== "apply")
        .map(codeOf),
      ...gitRepos,
      crashes: calls.flatMap(({ command, crash }) => (crash === undefined ? [] : [`${command}: ${crash}`])),
      seconds: calls.reduce((sum, { seconds }) => sum + seconds, 0),
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function tryGitRepos(
  folder: string,
  out: string,
  run: (...args: string[]) => Call,
): Pick<Trial, "gitRepos" | "gitRepoErrors"> {
  mkdirSync(join(out, "gitrepos"));
  const found = findGitRepos(folder, basename(folder).replace(/^.*\+/u, "")).slice(0, 20);
  const gitRepoErrors = found.flatMap((gitRepo, index) => {
    const file = join(out, "gitrepos", `${index}.yaml`);
    const errors = `${file}.errors`;
    writeFileSync(file, JSON.stringify(gitRepo));
    run("bundle", "--repo", folder, "--gitrepo", file, "-o", "json", "--errors", errors);
    return faultsIn(errors).map(codeOf);
  });
  return { gitRepos: found.length, gitRepoErrors };
}

function readJson(text: string): unknown {
  return text.trim() === "" ? [] : parseJson(text);
}

function objectsOf(text: string): JsonObject[] {
  const value = readJson(text);
  return Array.isArray(value) ? (value as unknown[]).filter(isJsonObject) : [];
}

function faultsIn(file: string): z.infer<typeof faultSchema>[] {
  // A call that crashed has written none.
  if (!existsSync(file)) return [];
  return parseYaml(readFileSync(file, "utf8")).flatMap(({ value }) => faultSchema.safeParse(value).data ?? []);
}

function codeOf({ error }: { readonly error: string }): string {
  return error.slice(0, error.indexOf(":"));
}
