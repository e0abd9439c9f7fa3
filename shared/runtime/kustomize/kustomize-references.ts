import { isJsonObject, type JsonValue } from "../../../codec/json-value.ts";
import { parseYaml } from "../../../codec/parse-yaml.ts";
import type { Content } from "../../api/content.ts";
import { AppError } from "../../errors.ts";

const kustomizationNames: ReadonlySet<string> = new Set(["kustomization.yaml", "kustomization.yml", "Kustomization"]);

/** Fields of a kustomization that name files, directories or addresses. */
const pathLists = [
  "resources",
  "bases",
  "components",
  "crds",
  "configurations",
  "generators",
  "transformers",
  "validators",
  "patchesStrategicMerge",
];
const pathObjects = ["patches", "patchesJson6902", "replacements"];
const generators = ["configMapGenerator", "secretGenerator"];

/** What kustomize takes for a repository or a download (its `repospec.go`) when no such file or directory is there. */
const remoteForm =
  /:\/\/|^(?:git::|gh:|github\.com[:/]|[\w.-]+@[\w.-]+[:/])|^(?:[\w-]+\.)+[a-z]{2,}[:/].*(?:\.git|\/\/|\?ref=)/iu;

/**
 * Throws `KUSTOMIZE_REMOTE_BASE` for the first remote address in any kustomization of a bundle – nothing is fetched
 * while rendering – and `KUSTOMIZE_FAILED` where, as in Fleet, a kustomization in the bundle's own directory names a
 * file of a subdirectory (fleet-semantics 3.4). What is not YAML is left to kustomize to complain about.
 */
export function checkKustomizeReferences(content: Content, dir: string): void {
  const names = new Set(content.resources.map((resource) => resource.name));
  for (const resource of content.resources) {
    const { name } = resource;
    const base = name.slice(name.lastIndexOf("/") + 1);
    if (!kustomizationNames.has(base) || resource.encoding !== undefined) continue;
    for (const path of referencedPaths(resource.content)) {
      if (remoteForm.test(path)) throw remoteBase(name, path);
      if (dir === "" && base === name && path.includes("/") && names.has(path.replace(/^\.\//u, ""))) {
        throw subdirectoryFile(name, path);
      }
    }
  }
}

/** Returns every path or address that a kustomization names. */
function referencedPaths(text: string): string[] {
  let value: JsonValue | undefined;
  try {
    value = parseYaml(text)[0]?.value;
  } catch {
    return [];
  }
  if (!isJsonObject(value)) return [];
  const kustomization = value;
  const listed = pathLists.flatMap((field) => texts(kustomization[field]));
  const patched = pathObjects.flatMap((field) =>
    objects(kustomization[field]).flatMap((entry) => texts(entry["path"])),
  );
  const generated = generators.flatMap((field) =>
    objects(kustomization[field]).flatMap((entry) => [
      ...texts(entry["files"]).map((file) => file.slice(file.indexOf("=") + 1)),
      ...texts(entry["envs"]),
      ...texts(entry["env"]),
    ]),
  );
  const openapi = isJsonObject(kustomization["openapi"]) ? texts(kustomization["openapi"]["path"]) : [];
  return [...listed, ...patched, ...generated, ...openapi].filter((path) => !path.includes("\n"));
}

function texts(value: JsonValue | undefined): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function objects(value: JsonValue | undefined): Readonly<Record<string, JsonValue>>[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function remoteBase(file: string, address: string): AppError {
  const shown = address.replace(/\/\/[^/@]*@/u, "//");
  return new AppError(
    "KUSTOMIZE_REMOTE_BASE",
    `${file}: ${shown} is remote and is not fetched; copy it into the repository, or add it as a submodule`,
    { verdict: "stalled", position: { file } },
  );
}

function subdirectoryFile(file: string, path: string): AppError {
  return new AppError(
    "KUSTOMIZE_FAILED",
    `${file}: security; file '${path}' is not in or below ''; give its directory a kustomization.yaml of its own`,
    { verdict: "stalled", position: { file } },
  );
}
