import type { JsonValue } from "../../codec/json-value.ts";
import { gitRepoSpecSchema } from "../api/git-repo.ts";
import { hasCriterion } from "./check-fleet-yaml.ts";
import { type UnknownKey, type ValuePath, decodeLenient, showPath } from "./decode-lenient.ts";
import { closestWord } from "./suggest-key.ts";
import type { WarningCode } from "./warning.ts";

/** Something in a GitRepo's spec that works, but hardly as meant. */
export interface GitRepoNote {
  readonly code: WarningCode;
  /** From the spec down. */
  readonly path: ValuePath;
  readonly message: string;
}

/**
 * Returns what Fleet swallows in a GitRepo's spec: unknown fields, labels beside `matchLabels`, `doNotDeploy` in targets,
 * targets that match nothing. What is invalid is left to the schema.
 */
export function checkGitRepo(spec: JsonValue): GitRepoNote[] {
  const { unknown } = decodeLenient(gitRepoSpecSchema, spec, { coerces: () => true });
  const parsed = gitRepoSpecSchema.safeParse(spec);
  const targets = parsed.success ? (parsed.data.targets ?? []) : [];
  return [
    ...unknown.map(noteOf),
    ...targets.flatMap((target, index): GitRepoNote[] => {
      if (hasCriterion(target)) return [];
      const message = `spec.targets[${index}] names no cluster, group or selector and so matches nothing`;
      return [{ code: "CLUSTER_FIELD_MISSING", path: ["targets", index], message }];
    }),
  ];
}

function noteOf({ path, value, known }: UnknownKey): GitRepoNote {
  const key = String(path.at(-1));
  const shown = `spec.${showPath(path)}`;
  if (known.includes("matchLabels") && typeof value !== "object") {
    const selector = `spec.${showPath(path.slice(0, -1))}`;
    const message = `"${shown}" has no effect: put it under ${selector}.matchLabels; as it stands the selector ignores it, and an empty one matches everything`;
    return { code: "SELECTOR_MATCHES_ALL", path, message };
  }
  if (path[0] === "targets" && key.toLowerCase() === "donotdeploy") {
    const message = `"${shown}" has no effect: these clusters do get the bundles; put the entry into targetCustomizations of each fleet.yaml`;
    return { code: "FIELD_WITHOUT_EFFECT", path, message };
  }
  const near = closestWord(key, known);
  const hint = near === undefined ? (inFleetYaml.get(key.toLowerCase()) ?? "") : `; did you mean "${near}"?`;
  return { code: "KEY_UNKNOWN", path, message: `unknown field "${shown}": it is kept and has no effect${hint}` };
}

/** Keys that people put into the GitRepo, and where they belong. */
const inFleetYaml: ReadonlyMap<string, string> = new Map([
  ...["helm", "kustomize", "diff", "dependsOn", "rolloutStrategy", "targetCustomizations", "overrideTargets"].map(
    (key) => [key.toLowerCase(), "; it is a key of fleet.yaml"] as const,
  ),
  ["defaultnamespace", '; it is a key of fleet.yaml, and "targetNamespace" forces one onto everything'],
  ["namespace", '; the namespace of the objects is "targetNamespace"'],
  ["url", '; the address is "repo"'],
  ["tag", '; a tag or commit is "revision"'],
  ["path", '; directories are listed in "paths"'],
  ["matchlabels", '; put it under "clusterSelector"'],
]);
