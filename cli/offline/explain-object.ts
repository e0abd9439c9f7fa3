import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { parseYaml } from "../../codec/parse-yaml.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import { joinPath } from "../../shared/bundle/repo-tree.ts";
import type { SourcePosition } from "../../shared/errors.ts";
import { detectStyle } from "../../shared/render/detect-style.ts";
import { applyOverlays } from "../../shared/render/overlays/apply-overlays.ts";
import { parseManifests } from "../../shared/render/raw/parse-manifests.ts";
import { type RawFile, readText } from "../../shared/render/raw/read-text.ts";
import { selectRawFiles } from "../../shared/render/raw/select-raw-files.ts";
import { type ExplainStep, type OptionPath, valueAt } from "./explain-option.ts";
import type { Targeted } from "./target-all.ts";
import { asJson } from "./target-view.ts";

/** One object of a bundle: `Deployment/shop`. */
export interface ObjectName {
  readonly kind: string;
  readonly name: string;
}

/**
 * Returns the steps by which a field of a rendered object came about, the last of which decides: manifest and overlays of
 * plain YAML; for charts and kustomizations what made it, since more cannot be told.
 */
export function explainObject(
  { assembled, entry }: Targeted,
  { wanted, path }: { readonly wanted: ObjectName; readonly path: OptionPath },
  rendered: JsonObject,
): readonly ExplainStep[] {
  const { content, dir } = assembled;
  const options = entry.deployment?.options ?? {};
  const files = content.resources.filter(({ encoding }) => encoding === undefined).map(readText);
  const value = valueAt(rendered, path);
  const shown = value === undefined ? {} : { value };
  const at = (file: string): SourcePosition => ({ file: joinPath(dir.path, file) });
  const { chartDir, kustomizeDir } = detectStyle(
    content.resources.map(({ name }) => name),
    options,
  );
  if (kustomizeDir !== undefined)
    return [
      {
        rule: "kustomization, files not told apart",
        position: at(joinPath(kustomizeDir, "kustomization.yaml")),
        ...shown,
      },
    ];
  if (chartDir !== undefined)
    return [{ rule: "chart, templates not told apart", position: at(joinPath(chartDir, "Chart.yaml")), ...shown }];
  const steps = rawSteps(files, { wanted, path, overlays: options.yaml?.overlays ?? [] }).map((step) => ({
    ...step,
    position: { ...step.position, ...at(step.position.file ?? "") },
  }));
  const last = steps.at(-1)?.value;
  if (stableJson(last ?? null) === stableJson(value ?? null)) return steps;
  return [...steps, { rule: "rendering: namespace, labels or a template", position: {}, ...shown }];
}

interface RawWish {
  readonly wanted: ObjectName;
  readonly path: OptionPath;
  readonly overlays: readonly string[];
}

/** What the manifest says, and each overlay that changes it. */
function rawSteps(files: readonly RawFile[], { wanted, path, overlays }: RawWish): ExplainStep[] {
  const steps: ExplainStep[] = [];
  let known: string | undefined;
  for (let count = 0; count <= overlays.length; count += 1) {
    const { manifests } = selectRawFiles(applyOverlays(files, overlays.slice(0, count)));
    const file = manifests.find((one) => findObject(one, wanted) !== undefined);
    if (file === undefined) continue;
    const value = valueAt(findObject(file, wanted), path);
    const text = value === undefined ? undefined : stableJson(value);
    if (text === known) continue;
    known = text;
    const overlay = overlays[count - 1];
    const place = placeOf(files, { file: file.name, overlay, wanted, path });
    const rule = overlay === undefined ? "manifest" : `overlay ${overlay}`;
    steps.push({ rule, position: place, ...(value === undefined ? {} : { value }) });
  }
  return steps;
}

interface PlaceWish {
  readonly file: string;
  readonly overlay: string | undefined;
  readonly wanted: ObjectName;
  readonly path: OptionPath;
}

/** The line that says it, in the manifest itself or in the overlay's file that replaces or patches it. */
function placeOf(files: readonly RawFile[], { file, overlay, wanted, path }: PlaceWish): SourcePosition {
  const slash = file.lastIndexOf("/") + 1;
  const patch = file.slice(0, slash) + file.slice(slash).replace(".", "_patch.");
  const names = overlay === undefined ? [file] : [patch, file].map((name) => `overlays/${overlay}/${name}`);
  const source = files.find(({ name }) => names.includes(name));
  if (source === undefined) return { file };
  const documents = parseYaml(source.text, { file: source.name });
  const own = documents.find(({ value }) => isNamed(value, wanted)) ?? documents[0];
  const found = path.map((_, index) => own?.positionOf(path.slice(0, path.length - index)));
  const { line = 1, column = 1 } = found.find((place) => place !== undefined) ?? own?.positionOf([]) ?? {};
  return { file: source.name, line, column };
}

function findObject(file: RawFile, wanted: ObjectName): JsonValue | undefined {
  return parseManifests(file)
    .objects.map(asJson)
    .find((object) => isNamed(object, wanted));
}

/** Returns whether an object has a kind and name. */
export function isNamed(value: JsonValue, { kind, name }: ObjectName): boolean {
  if (!isJsonObject(value) || value["kind"] !== kind) return false;
  const { metadata } = value;
  return isJsonObject(metadata) && metadata["name"] === name;
}
