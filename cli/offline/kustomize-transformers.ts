import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import { cleanPath, joinPath } from "../../shared/bundle/repo-tree.ts";
import { type ExplainStep, type OptionPath, valueAt } from "./explain-option.ts";
import { type Kustomization, stepAt } from "./kustomize-file.ts";

/** Returns the steps of what a kustomization sets of itself: generated data, namespace, names, labels, images, replicas. */
export function transformerSteps(kustomization: Kustomization): readonly ExplainStep[] {
  const value = valueAt(kustomization.field.rendered, kustomization.field.path);
  if (value === undefined) return [];
  return [generatorPlace, namePlace, labelPlace, imagePlace, replicasPlace].flatMap((find) => {
    const found = find(kustomization, value);
    return found === undefined ? [] : [{ ...found, value }];
  });
}

type Place = Omit<ExplainStep, "value"> | undefined;

function generatorPlace(kustomization: Kustomization): Place {
  const { wanted, path } = kustomization.field;
  const [section, key] = path;
  const list = wanted.kind === "ConfigMap" ? "configMapGenerator" : wanted.kind === "Secret" ? "secretGenerator" : "";
  if (section !== "data" && section !== "stringData") return undefined;
  for (const [index, generator] of entriesOf(kustomization, list)) {
    // Names of generated objects end with a hash of ten characters.
    if (!new RegExp(`${escaped(textOf(generator["name"]))}(?:-[a-z0-9]{10})?$`, "u").test(wanted.name)) continue;
    for (const [kind, words] of Object.entries({ literals: generator["literals"], files: generator["files"] })) {
      if (!Array.isArray(words)) continue;
      const at = words.findIndex((word: JsonValue) => keyOfWord(textOf(word), kind) === key);
      if (at < 0) continue;
      const place = stepAt(kustomization, [list, index, kind, at], { rule: `${list}, ${kind}` });
      if (kind === "literals") return place;
      const [, file = textOf(words[at])] = textOf(words[at]).split("=");
      return { rule: `${list}, file`, position: { file: cleanPath(joinPath(kustomization.dir, file)) ?? file } };
    }
  }
  return undefined;
}

/** `key=value` of literals, `key=file` or `path/key` of files. */
function keyOfWord(word: string, kind: string): string {
  const [first = ""] = word.split("=");
  return kind === "files" && !word.includes("=") ? (word.split("/").at(-1) ?? "") : first;
}

function namePlace(kustomization: Kustomization, value: JsonValue): Place {
  const [first, second, third] = kustomization.field.path;
  if (first !== "metadata" || third !== undefined) return undefined;
  const { namespace, namePrefix, nameSuffix } = kustomization.value;
  if (second === "namespace" && namespace === value)
    return stepAt(kustomization, ["namespace"], { rule: "namespace of the kustomization" });
  if (second !== "name" || typeof value !== "string") return undefined;
  if (typeof namePrefix === "string" && value.startsWith(namePrefix))
    return stepAt(kustomization, ["namePrefix"], { rule: `prefix ${namePrefix}` });
  if (typeof nameSuffix === "string" && value.endsWith(nameSuffix))
    return stepAt(kustomization, ["nameSuffix"], { rule: `suffix ${nameSuffix}` });
  return undefined;
}

function labelPlace(kustomization: Kustomization, value: JsonValue): Place {
  const { path } = kustomization.field;
  const [section, key] = path.slice(-2);
  if (typeof key !== "string") return undefined;
  const isLabel = section === "labels" || section === "matchLabels" || section === "selector";
  const places: OptionPath[] = isLabel
    ? [["commonLabels", key]]
    : section === "annotations"
      ? [["commonAnnotations", key]]
      : [];
  const pairs = entriesOf(kustomization, isLabel ? "labels" : "").map(([index]): OptionPath => [
    "labels",
    index,
    "pairs",
    key,
  ]);
  const found = [...places, ...pairs].find((place) => isSame(valueAt(kustomization.value, place), value));
  return found === undefined
    ? undefined
    : stepAt(kustomization, found, { rule: `${String(found[0])} of the kustomization` });
}

function imagePlace(kustomization: Kustomization, value: JsonValue): Place {
  if (kustomization.field.path.at(-1) !== "image" || typeof value !== "string") return undefined;
  for (const [index, { name, newName, newTag, digest }] of entriesOf(kustomization, "images")) {
    const image = textOf(newName ?? name);
    const ends = digest === undefined ? (newTag === undefined ? "" : `:${textOf(newTag)}`) : `@${textOf(digest)}`;
    const isMeant = ends === "" ? value === image || value.startsWith(`${image}:`) : value === `${image}${ends}`;
    if (isMeant) return stepAt(kustomization, ["images", index], { rule: "images of the kustomization" });
  }
  return undefined;
}

function replicasPlace(kustomization: Kustomization, value: JsonValue): Place {
  const { path, wanted } = kustomization.field;
  if (path.join(".") !== "spec.replicas") return undefined;
  for (const [index, { name, count }] of entriesOf(kustomization, "replicas")) {
    if (!wanted.name.includes(textOf(name)) || !isSame(count, value)) continue;
    return stepAt(kustomization, ["replicas", index], { rule: "replicas of the kustomization" });
  }
  return undefined;
}

function entriesOf({ value }: Kustomization, key: string): readonly (readonly [number, JsonObject])[] {
  const list = value[key];
  if (!Array.isArray(list)) return [];
  return [...list.entries()].flatMap(([index, entry]: [number, JsonValue]) =>
    isJsonObject(entry) ? [[index, entry] as const] : [],
  );
}

function isSame(one: JsonValue | undefined, other: JsonValue): boolean {
  return one !== undefined && stableJson(one) === stableJson(other);
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : value === undefined ? "" : stableJson(value);
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/gu, "\\$&");
}
