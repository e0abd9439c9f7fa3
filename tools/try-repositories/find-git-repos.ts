import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { parseYaml } from "../../codec/parse-yaml.ts";

/** Returns the GitRepo manifests of a repository that follow the repository itself, or a copy of it under its name. */
export function findGitRepos(folder: string, repository: string): JsonObject[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.ya?ml$/u.test(name) && !name.startsWith(".git/"))
    .toSorted()
    .flatMap((name) => gitReposOf(join(folder, name)))
    .filter((gitRepo) =>
      addressOf(gitRepo)
        .replace(/\.git$/u, "")
        .endsWith(`/${repository}`),
    );
}

/** What is no YAML (templates of charts, for example) holds no manifest that somebody could apply. */
function gitReposOf(file: string): JsonObject[] {
  try {
    const text = readFileSync(file, "utf8");
    if (!/^kind:\s*GitRepo\s*$/mu.test(text)) return [];
    return parseYaml(text).flatMap(({ value }) => (isJsonObject(value) && value["kind"] === "GitRepo" ? [value] : []));
  } catch {
    return [];
  }
}

function addressOf({ spec }: JsonObject): string {
  return isJsonObject(spec) && typeof spec["repo"] === "string" ? spec["repo"] : "";
}
