import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import type { Content } from "../../shared/api/content.ts";
import { cleanPath, joinPath } from "../../shared/bundle/repo-tree.ts";
import { type ExplainStep, valueAt } from "./explain-option.ts";
import { shownValue } from "./explain-value.ts";
import { type Kustomization, type KustomizedField, positionIn, readFile, readKustomization } from "./kustomize-file.ts";
import { patchSteps } from "./kustomize-patches.ts";
import { transformerSteps } from "./kustomize-transformers.ts";
import { isNamed, type ObjectName } from "./object-name.ts";

const maxDepth = 20;

/**
 * Returns the steps by which a field came out of a kustomization: the file of the object, patches that set the field
 * literally, and what the kustomization sets of itself. Where these do not account for the value, the last step says so.
 * `before` is the value that objects of a chart have before. Files count from the bundle's directory.
 */
export function explainKustomize(
  content: Content,
  dir: string,
  field: KustomizedField & { readonly before: JsonValue | undefined },
): readonly ExplainStep[] {
  const value = valueAt(field.rendered, field.path);
  const steps = stepsIn(content, dir, { field, depth: 0 });
  const last = steps.length > 0 ? steps.at(-1)?.value : field.before;
  if (stableJson(last ?? null) === stableJson(value ?? null) && (steps.length > 0 || field.before !== undefined))
    return steps;
  const rule = `kustomization ${dir === "" ? "." : dir}: which of its files cannot be told`;
  const file = readKustomization(content, dir, field)?.name ?? joinPath(dir, "kustomization.yaml");
  return [...steps, { rule, position: { file }, ...shownValue(value) }];
}

interface Visit {
  readonly field: KustomizedField;
  readonly depth: number;
}

function stepsIn(content: Content, dir: string, { field, depth }: Visit): readonly ExplainStep[] {
  const kustomization = depth > maxDepth ? undefined : readKustomization(content, dir, field);
  if (kustomization === undefined) return [];
  const before = beforeRenaming(kustomization);
  const entries = ["resources", "bases", "components"].flatMap((key) => {
    const list = before.value[key];
    return Array.isArray(list) ? (list as readonly JsonValue[]) : [];
  });
  const made = entries.flatMap((entry) => {
    if (typeof entry !== "string") return [];
    const path = cleanPath(joinPath(dir, entry));
    const inside = path === undefined ? [] : stepsIn(content, path, { field: before.field, depth: depth + 1 });
    return [...inside, ...resourceSteps(before, entry)];
  });
  return [...made, ...patchSteps(before), ...transformerSteps(kustomization)];
}

/** Returns how a kustomization calls an object before it gives it a prefix and suffix. */
export function nameBefore(content: Content, dir: string, field: KustomizedField): ObjectName {
  const kustomization = readKustomization(content, dir, field);
  return kustomization === undefined ? field.wanted : beforeRenaming(kustomization).field.wanted;
}

/** A kustomization sees its objects before it gives them a prefix or suffix, which patches name them without. */
function beforeRenaming(kustomization: Kustomization): Kustomization {
  const { value, field } = kustomization;
  const [prefix, suffix] = ["namePrefix", "nameSuffix"].map((key) =>
    typeof value[key] === "string" ? value[key] : "",
  );
  let { name } = field.wanted;
  if (prefix !== undefined && name.startsWith(prefix)) name = name.slice(prefix.length);
  if (suffix !== undefined && suffix !== "" && name.endsWith(suffix)) name = name.slice(0, -suffix.length);
  return { ...kustomization, field: { ...field, wanted: { ...field.wanted, name } } };
}

function resourceSteps({ content, dir, field }: Kustomization, entry: string): ExplainStep[] {
  const file = readFile(content, dir, entry);
  const document = file?.documents.find(({ value }) => isJsonObject(value) && isNamed(value, field.wanted));
  const value = valueAt(document?.value, field.path);
  if (file === undefined || value === undefined) return [];
  return [{ rule: "manifest", position: positionIn(file, document, field.path), value }];
}
