import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { compileRegex } from "../functions/compile-regex.ts";
import { GoPanic } from "../template/go-value.ts";
import { quoteString } from "../template/quote-string.ts";
import {
  collectAt,
  joinUrl,
  readSchemaDocument,
  resourceAt,
  type SchemaDocument,
  type SchemaResource,
  valueAt,
} from "./schema-document.ts";
import draftSchemas from "./draft-schemas.json" with { type: "json" };
import { escapePointer } from "./schema-fault.ts";
import { SchemaAddressError, type SchemaDraft, type SchemaNode, SchemaUseError } from "./schema-node.ts";
import { activeWords } from "./schema-words.ts";

/** Checks a schema against the schema of its draft before anything is compiled. */
export type CheckSchema = (document: SchemaDocument, pointer: string) => void;

const known: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>(Object.entries(draftSchemas));

interface Compiler {
  readonly documents: Map<string, SchemaDocument>;
  readonly nodes: Map<string, SchemaNode>;
  readonly waiting: (() => void)[];
  readonly check: CheckSchema | undefined;
}

/**
 * Returns a schema with all that it refers to. Nothing is ever fetched: the drafts' own schemas are at hand, a `urn:` lets
 * everything pass, as in Helm. Throws `SchemaUseError` and, for other addresses, `SchemaAddressError`.
 */
export function compileSchema(url: string, value: JsonValue, check?: CheckSchema): SchemaNode {
  const compiler: Compiler = { documents: new Map(), nodes: new Map(), waiting: [], check };
  const document = addDocument(compiler, url, value);
  const root = nodeAt(compiler, document, "");
  for (let next = compiler.waiting.shift(); next !== undefined; next = compiler.waiting.shift()) next();
  return root;
}

/** Returns the schema of a draft. */
export function draftSchema(draft: SchemaDraft): SchemaNode {
  const name = draft < 2019 ? `draft-0${draft}` : `draft/${draft === 2019 ? "2019-09" : "2020-12"}`;
  const ready = draftNodes.get(name);
  if (ready !== undefined) return ready;
  const url = `${draft < 2019 ? "http" : "https"}://json-schema.org/${name}/schema`;
  const node = compileSchema(url, known.get(`json-schema.org/${name}/schema`) ?? true);
  draftNodes.set(name, node);
  return node;
}

const draftNodes = new Map<string, SchemaNode>();

function addDocument(compiler: Compiler, url: string, value: JsonValue): SchemaDocument {
  const document = readSchemaDocument(url, value);
  if (!isDraftAddress(url)) compiler.check?.(document, "");
  compiler.documents.set(url, document);
  return document;
}

function isDraftAddress(url: string): boolean {
  return /^https?:\/\/json-schema\.org\//u.test(url);
}

function documentAt(compiler: Compiler, url: string): SchemaDocument {
  const ready = compiler.documents.get(url);
  if (ready !== undefined) return ready;
  if (url.startsWith("urn:")) return addDocument(compiler, url, true);
  const value = known.get(url.replace(/^https?:\/\//u, ""));
  if (value === undefined) throw new SchemaAddressError(url);
  return addDocument(compiler, url, value);
}

function nodeAt(compiler: Compiler, document: SchemaDocument, pointer: string): SchemaNode {
  const location = `${document.url}#${pointer}`;
  const ready = compiler.nodes.get(location);
  if (ready !== undefined) return ready;
  if (!document.collected.has(pointer)) {
    const value = valueAt(document, pointer);
    collectAt(document, pointer);
    if (isJsonObject(value) || typeof value === "boolean") compiler.check?.(document, pointer);
  }
  const value = valueAt(document, pointer);
  const { draft } = resourceAt(document, pointer);
  const isEmpty = isJsonObject(value) && Object.keys(value).length === 0;
  const node: SchemaNode = {
    location,
    draft,
    always: typeof value === "boolean" ? value : isEmpty || undefined,
    words: isJsonObject(value) ? activeWords(value, draft) : {},
    below: new Map(),
    patterns: [],
    pattern: undefined,
    assertsFormat: draft < 2019 || isDraftAddress(document.url),
    ref: undefined,
    recursiveRef: undefined,
    dynamicRef: undefined,
    resource: undefined,
    dynamicAnchors: new Map(),
  };
  compiler.nodes.set(location, node);
  compiler.waiting.push(() => fill({ compiler, document, pointer, node }));
  return node;
}

interface Filling {
  readonly compiler: Compiler;
  readonly document: SchemaDocument;
  readonly pointer: string;
  readonly node: SchemaNode;
}

function fill(filling: Filling): void {
  const { compiler, document, pointer, node } = filling;
  const resource = resourceAt(document, pointer);
  node.resource = nodeAt(compiler, document, resource.pointer);
  if (node.draft >= 2020 && resource.pointer === pointer) {
    for (const anchor of resource.dynamicAnchors) {
      node.dynamicAnchors.set(anchor, nodeAt(compiler, document, resource.anchors.get(anchor) ?? ""));
    }
  }
  const { words } = node;
  node.ref = refer(filling, resource, words["$ref"]);
  node.recursiveRef = refer(filling, resource, words["$recursiveRef"]);
  const { $dynamicRef: dynamic } = words;
  const target = refer(filling, resource, dynamic);
  if (target !== undefined && typeof dynamic === "string") {
    node.dynamicRef = { node: target, anchor: anchorOf(dynamic) };
  }
  if (typeof words["pattern"] === "string") node.pattern = regexOf(filling, "pattern", words["pattern"]);
  for (const [name, value] of Object.entries(words)) addBelow(filling, name, value);
}

function anchorOf(reference: string): string {
  const fragment = decodeURIComponent(reference.split("#")[1] ?? "");
  return fragment.startsWith("/") ? "" : fragment;
}

const singles = new Set(
  "not additionalProperties items additionalItems propertyNames contains if then else unevaluatedProperties unevaluatedItems".split(
    " ",
  ),
);
const lists = new Set(["allOf", "anyOf", "oneOf", "items", "prefixItems"]);
const maps = new Set(["properties", "patternProperties", "dependencies", "dependentSchemas"]);

function addBelow(filling: Filling, name: string, value: JsonValue): void {
  const { compiler, document, pointer, node } = filling;
  const at = `${pointer}/${escapePointer(name)}`;
  if (lists.has(name) && Array.isArray(value)) {
    for (const index of value.keys()) node.below.set(`${name}/${index}`, nodeAt(compiler, document, `${at}/${index}`));
    return;
  }
  if (singles.has(name)) node.below.set(name, nodeAt(compiler, document, at));
  if (!maps.has(name) || !isJsonObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (name === "dependencies" && Array.isArray(inner)) continue;
    const child = nodeAt(compiler, document, `${at}/${escapePointer(key)}`);
    node.below.set(`${name}/${key}`, child);
    if (name === "patternProperties") node.patterns.push([regexOf(filling, name, key), child]);
  }
}

function regexOf({ document, pointer }: Filling, keyword: string, source: string) {
  try {
    return compileRegex(source);
  } catch (error) {
    if (!(error instanceof GoPanic)) throw error;
    const place = quoteString(`${document.url}#${pointer}/${keyword}`);
    throw new SchemaUseError(`invalid regex ${quoteString(source)} at ${place}: ${error.message}`);
  }
}

function refer(filling: Filling, resource: SchemaResource, reference: JsonValue | undefined): SchemaNode | undefined {
  if (typeof reference !== "string") return undefined;
  const { compiler, document } = filling;
  const hash = reference.indexOf("#");
  const url = joinUrl(resource.id, hash < 0 ? reference : reference.slice(0, hash));
  const fragment = hash < 0 ? "" : decode(reference.slice(hash + 1));
  const own = url === document.url ? document.resources.get("") : undefined;
  const local = own ?? [...document.resources.values()].find(({ id }) => id === url);
  const target = local === undefined ? documentAt(compiler, url) : document;
  return nodeAt(compiler, target, place(target, local ?? resourceAt(target, ""), fragment));
}

function place(document: SchemaDocument, resource: SchemaResource, fragment: string): string {
  if (fragment === "" || fragment.startsWith("/")) return resource.pointer + fragment;
  const found = resource.anchors.get(fragment);
  if (found !== undefined) return found;
  const [reference, url] = [`${resource.id}#${fragment}`, document.url].map((text) => quoteString(text));
  throw new SchemaUseError(`anchor in ${reference} not found in schema ${url}`);
}

function decode(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch (error) {
    if (error instanceof URIError) throw new SchemaUseError(`error in parsing ${quoteString(fragment)}`);
    throw error;
  }
}
