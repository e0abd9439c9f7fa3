import { posix } from "node:path";
import { isJsonObject } from "../../codec/json-value.ts";
import { pickYamlEntries, scanYaml } from "../../codec/parse-yaml.ts";
import type { ScannedYaml } from "../../codec/yaml/rescan-simple-yaml.ts";
import { expectText, expectTime } from "../template/run-cost.ts";
import { compareKinds } from "./kind-order.ts";
import { ChartError } from "./chart-error.ts";
import { hookAnnotation, type HookEvent, readHookEvents, readHookWeight, readHookWords } from "./hook-annotations.ts";
import { FieldReader } from "./read-fields.ts";
import { readYaml, yamlFault } from "./read-yaml.ts";
import { splitManifests } from "./split-manifests.ts";
import { withinLimits } from "./within-limits.ts";

/** One rendered document. */
export interface Manifest {
  /** Path of its template: `web/templates/service.yaml`. */
  readonly source: string;
  /** Its text, as Helm prints it. */
  readonly content: string;
  readonly kind: string;
  readonly apiVersion: string;
}

/** A rendered document that is applied at certain moments instead of with the others. */
export interface Hook extends Manifest {
  readonly name: string;
  readonly events: readonly HookEvent[];
  readonly weight: number;
  /** `before-hook-creation`, `hook-succeeded`, `hook-failed`, as written. */
  readonly deletePolicies: readonly string[];
  readonly outputLogPolicies: readonly string[];
}

/** Manifests and hooks, both in the order of kinds in which Helm installs. */
export interface SortedManifests {
  readonly manifests: readonly Manifest[];
  readonly hooks: readonly Hook[];
}

/**
 * Returns the documents of rendered files, files in order of their paths, hooks by their annotations apart (Helm:
 * `SortManifests`). Hooks of unknown events are left out. What the last call with the same heads has read is not read again.
 * Throws `ChartError` for what is no YAML.
 */
export function sortManifests(
  files: ReadonlyMap<string, string>,
  heads: ManifestHeads = createManifestHeads(),
): SortedManifests {
  const read = new Map<string, ReadFile>();
  const manifests: Manifest[] = [];
  const hooks: Hook[] = [];
  const reading: Reading = { unchecked: 0 };
  const paths = sortedPaths(files, heads);
  for (const source of paths) {
    const text = files.get(source) ?? "";
    let file = heads.files.get(source);
    if (file?.text !== text) {
      if (isLeftOut(source, text)) continue;
      const last = file?.documents ?? [];
      const documents = withinLimits(`reading what ${source} wrote`, () =>
        readDocuments(reading, { source, text }, last),
      );
      file = { text, documents };
    }
    read.set(source, file);
    for (const { manifest, hook } of file.documents) {
      if (manifest !== undefined) manifests.push(manifest);
      if (hook !== undefined) hooks.push(hook);
    }
  }
  heads.files = read;
  heads.paths = paths;
  return { manifests: inKindOrder(manifests), hooks: inKindOrder(hooks) };
}

/** Compares kinds, of which there are few, instead of manifests. */
function inKindOrder<T extends Manifest>(list: readonly T[]): T[] {
  const byKind = [...Map.groupBy(list, ({ kind }) => kind)];
  return byKind.toSorted(([a], [b]) => compareKinds(a, b)).flatMap(([, same]) => same);
}

/** What the files of the last render say, by their paths: most of it is the same with other values. */
export interface ManifestHeads {
  files: ReadonlyMap<string, ReadFile>;
  /** The paths of its files, in order. */
  paths: readonly string[];
}

/** Returns heads for the renders of one chart. */
export function createManifestHeads(): ManifestHeads {
  return { files: new Map(), paths: [] };
}

/** Mostly a chart writes the same files each time. */
function sortedPaths(files: ReadonlyMap<string, string>, { paths }: ManifestHeads): readonly string[] {
  if (paths.length === files.size && paths.every((path) => files.has(path))) return paths;
  return [...files.keys()].toSorted();
}

interface ReadFile {
  readonly text: string;
  readonly documents: readonly ReadDocument[];
}

/** A document, which is either a manifest or a hook, or neither where it is a hook of unknown events. */
interface ReadDocument {
  readonly content: string;
  /** What of it can be looked at by itself, since the rest has no fault; undefined where that is not known. */
  readonly scanned: ScannedYaml | undefined;
  readonly head: ManifestHead;
  readonly manifest: Manifest | undefined;
  readonly hook: Hook | undefined;
}

/** Characters that were read since the clock was looked at. */
interface Reading {
  unchecked: number;
}

const charactersBetweenChecks = 16 * 1024;

function isLeftOut(source: string, text: string): boolean {
  return posix.basename(source).startsWith("_") || !/\S/.test(text);
}

function readDocuments(
  reading: Reading,
  { source, text }: { readonly source: string; readonly text: string },
  last: readonly ReadDocument[],
): ReadDocument[] {
  return splitManifests(text).map((content, index) => {
    const known = last[index];
    if (known?.content === content) return known;
    checkClock(reading, content.length);
    const scanned = content.isWellFormed() ? scanYaml(content, known?.scanned) : undefined;
    const headText = (): string => (scanned === undefined ? content : pickYamlEntries(scanned, isOfHead));
    const head = known !== undefined && hasSameHead(scanned, known) ? known.head : readHead(source, headText());
    const manifest = { source, content, kind: head.kind, apiVersion: head.apiVersion };
    const { hook } = head;
    if (hook === undefined) return { content, scanned, head, manifest, hook };
    return { content, scanned, head, manifest: undefined, hook: readHook(manifest, hook) };
  });
}

/** Other names, labels and annotations are no other head, unless they are those of a hook. */
function hasSameHead(scanned: ScannedYaml | undefined, { scanned: last, head }: ReadDocument): boolean {
  if (scanned === undefined || last === undefined) return false;
  const isSame = (isWanted: (key: string) => boolean): boolean =>
    pickYamlEntries(scanned, isWanted) === pickYamlEntries(last, isWanted);
  return isSame(scanned.isLikeLast && head.hook === undefined ? isOfType : isOfHead);
}

/** Charts write many small documents: asking for the time takes longer than reading one of them. */
function checkClock(reading: Reading, length: number): void {
  reading.unchecked += length;
  if (reading.unchecked > charactersBetweenChecks) {
    reading.unchecked = 0;
    expectTime(0);
  }
  expectText(length, nanosecondsToRead);
}

/** What the parser takes for each character of YAML that is mostly structure. */
const nanosecondsToRead = 450;

interface ManifestHead {
  readonly apiVersion: string;
  readonly kind: string;
  /** What makes it a hook. */
  readonly hook: HookHead | undefined;
}

interface HookHead {
  readonly name: string;
  readonly events: string;
  readonly annotations: ReadonlyMap<string, string>;
}

const typeKeys: ReadonlySet<string> = new Set(["apiversion", "kind"]);

/** Keys match whatever their case, as in `encoding/json`. */
function isOfType(key: string): boolean {
  return typeKeys.has(key.toLowerCase());
}

function isOfHead(key: string): boolean {
  return isOfType(key) || key.toLowerCase() === "metadata";
}

/** How Go names the field, a struct without a name. */
const metadataPlace = String.raw`Go struct field SimpleHead.metadata of type struct { Name string "json:\"name\""; Annotations map[string]string "json:\"annotations\"" }`;

function readHead(source: string, text: string): ManifestHead {
  try {
    const value = readYaml(text);
    const head = new FieldReader("util.SimpleHead", value);
    const metadata = new FieldReader(".metadata", isJsonObject(value) ? value["metadata"] : undefined, metadataPlace);
    const [apiVersion, kind, name] = [head.text("apiVersion"), head.text("kind"), metadata.text("name")];
    const annotations = metadata.textMap("annotations") ?? new Map<string, string>();
    const events = annotations.get(hookAnnotation);
    return { apiVersion, kind, hook: events === undefined ? undefined : { name, events, annotations } };
  } catch (error) {
    const fault = yamlFault(error);
    if (fault === undefined) throw error;
    throw new ChartError("render", `YAML parse error on ${source}: ${fault}`, error);
  }
}

function readHook(manifest: Manifest, { name, events: text, annotations }: HookHead): Hook | undefined {
  const events = readHookEvents(text);
  if (events === undefined) return undefined;
  const policies = (annotation: string): string[] => {
    const words = annotations.get(annotation);
    return words === undefined ? [] : readHookWords(words);
  };
  return {
    ...manifest,
    name,
    events,
    weight: readHookWeight(annotations.get("helm.sh/hook-weight")),
    deletePolicies: policies("helm.sh/hook-delete-policy"),
    outputLogPolicies: policies("helm.sh/hook-output-log-policy"),
  };
}
