import { locateYaml } from "../../codec/locate-yaml.ts";
import type { JsonValue } from "../../codec/json-value.ts";
import { splitYaml } from "../../codec/split-yaml.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import { parseYaml } from "../../codec/parse-yaml.ts";
import type { SourcePosition } from "../../shared/errors.ts";
import { renderHandlebars } from "../../shared/render/handlebars/render-handlebars.ts";
import { templateContext } from "../../shared/render/handlebars/template-context.ts";
import { applyOverlays } from "../../shared/render/overlays/apply-overlays.ts";
import { parseManifests } from "../../shared/render/raw/parse-manifests.ts";
import { type RawFile, readText } from "../../shared/render/raw/read-text.ts";
import { selectRawFiles } from "../../shared/render/raw/select-raw-files.ts";
import type { RenderInput } from "../../shared/render/render-with.ts";
import { explainHandlebars, type HandlebarsPlace } from "./explain-handlebars.ts";
import { type ExplainStep, type OptionPath, valueAt } from "./explain-option.ts";
import { isNamed, type ObjectField, type ObjectName } from "./object-name.ts";
import { asJson } from "./target-view.ts";

/** Steps of plain YAML, and what was asked of Handlebars templates on the way. */
export interface RawSteps {
  /** Files count from the bundle's directory. */
  readonly steps: readonly ExplainStep[];
  /** The place in a template, where one printed what decides. */
  readonly template: HandlebarsPlace | undefined;
}

/** Returns what the manifest, or its template, says of a field, and each overlay that changes it. */
export function explainRaw(input: RenderInput, { wanted, path }: ObjectField): RawSteps {
  const sources = input.content.resources.filter(({ encoding }) => encoding === undefined).map(readText);
  const { handlebars, yaml } = input.options;
  const files = handlebars === undefined ? sources : renderHandlebars(sources, handlebars, templateContext(input));
  const overlays = yaml?.overlays ?? [];
  const steps: ExplainStep[] = [];
  let template: HandlebarsPlace | undefined;
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
    const source = sourceOf(files, file.name, overlay);
    const rule = overlay === undefined ? "manifest" : `overlay ${overlay}`;
    const shown = value === undefined ? {} : { value };
    const range = source === undefined ? undefined : rangeOf(source.text, wanted, path);
    template = source === undefined || range === undefined ? undefined : explainHandlebars(input, source, range);
    if (template === undefined) steps.push({ rule, position: placeOf(file.name, source, { wanted, path }), ...shown });
    else steps.push({ rule: `${rule}, ${template.rule}`, position: template.position, ...shown });
  }
  return { steps, template };
}

/** The manifest itself, or the overlay's file that replaces or patches it. */
function sourceOf(files: readonly RawFile[], file: string, overlay: string | undefined): RawFile | undefined {
  const slash = file.lastIndexOf("/") + 1;
  const patch = file.slice(0, slash) + file.slice(slash).replace(".", "_patch.");
  const names = overlay === undefined ? [file] : [patch, file].map((name) => `overlays/${overlay}/${name}`);
  return files.find(({ name }) => names.includes(name));
}

/** The line that says it, or the nearest above it. */
function placeOf(file: string, source: RawFile | undefined, { wanted, path }: ObjectField): SourcePosition {
  if (source === undefined) return { file };
  const documents = parseYaml(source.text, { file: source.name });
  const own = documents.find(({ value }) => isNamed(value, wanted)) ?? documents[0];
  const found = path.map((_, index) => own?.positionOf(path.slice(0, path.length - index)));
  const { line = 1, column = 1 } = found.find((place) => place !== undefined) ?? own?.positionOf([]) ?? {};
  return { file: source.name, line, column };
}

/** Offsets of a field in a file, from its value on; undefined where it is not written. */
function rangeOf(text: string, wanted: ObjectName, path: OptionPath): HandlebarsPlace["range"] | undefined {
  const chunks = splitYaml(text);
  const own = chunks.find((chunk) => parseYaml(chunk.text).some(({ value }) => isNamed(value, wanted))) ?? chunks[0];
  const found = own === undefined ? undefined : locateYaml(own.text, path);
  if (own === undefined || found === undefined) return undefined;
  const { key, start, end } = found;
  return end > start
    ? { start: own.offset + start, end: own.offset + end }
    : { start: own.offset + key, end: own.offset + start };
}

function findObject(file: RawFile, wanted: ObjectName): JsonValue | undefined {
  return parseManifests(file)
    .objects.map(asJson)
    .find((object) => isNamed(object, wanted));
}
