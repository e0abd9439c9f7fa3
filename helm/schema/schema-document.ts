import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { quoteString } from "../template/quote-string.ts";
import { escapePointer } from "./schema-fault.ts";
import { SchemaAddressError, type SchemaDraft, SchemaUseError } from "./schema-node.ts";

/** A part of a document with an address of its own. */
export interface SchemaResource {
  readonly pointer: string;
  readonly id: string;
  readonly draft: SchemaDraft;
  /** JSON pointers by anchor. */
  readonly anchors: Map<string, string>;
  readonly dynamicAnchors: Set<string>;
}

/** A document of schemas. */
export interface SchemaDocument {
  readonly url: string;
  readonly value: JsonValue;
  readonly resources: Map<string, SchemaResource>;
  readonly collected: Set<string>;
}

const drafts: Readonly<Record<string, SchemaDraft>> = {
  "json-schema.org/schema": 2020,
  "json-schema.org/draft/2020-12/schema": 2020,
  "json-schema.org/draft/2019-09/schema": 2019,
  "json-schema.org/draft-07/schema": 7,
  "json-schema.org/draft-06/schema": 6,
  "json-schema.org/draft-04/schema": 4,
};

/** Returns a document with its parts that have addresses. Throws `SchemaUseError` and `SchemaAddressError`. */
export function readSchemaDocument(url: string, value: JsonValue): SchemaDocument {
  const document: SchemaDocument = { url, value, resources: new Map(), collected: new Set() };
  collect(document, { value, pointer: "", base: url, draft: 2020 });
  return document;
}

/** Returns the part of a document that a pointer lies in. */
export function resourceAt(document: SchemaDocument, pointer: string): SchemaResource {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf("/"))) {
    const found = document.resources.get(at);
    if (found !== undefined) return found;
    if (at === "") throw new SchemaUseError(`${document.url} has no root`);
  }
}

/** Finds the addresses and anchors at a place that no keyword names, before a reference to it is followed. */
export function collectAt(document: SchemaDocument, pointer: string): void {
  if (document.collected.has(pointer)) return;
  const { id, draft } = resourceAt(document, pointer);
  collect(document, { value: valueAt(document, pointer), pointer, base: id, draft });
}

/** Returns what is at a pointer. Throws `SchemaUseError`. */
export function valueAt(document: SchemaDocument, pointer: string): JsonValue {
  let value: JsonValue | undefined = document.value;
  for (const step of pointer.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (isJsonObject(value)) value = Object.hasOwn(value, name) ? value[name] : undefined;
    else value = isList(value) && /^(?:0|[1-9]\d*)$/u.test(name) ? value[Number(name)] : undefined;
    if (value === undefined) {
      throw new SchemaUseError(`json-pointer in ${quoteString(`${document.url}#${pointer}`)} not found`);
    }
  }
  return value;
}

interface Place {
  readonly value: JsonValue;
  readonly pointer: string;
  readonly base: string;
  /** Of what is around it. */
  readonly draft: SchemaDraft;
}

function collect(document: SchemaDocument, place: Place): void {
  const { value, pointer } = place;
  if (document.collected.has(pointer)) return;
  document.collected.add(pointer);
  if (!isJsonObject(value)) {
    if (pointer === "") addResource(document, { pointer, id: place.base, draft: place.draft });
    return;
  }
  const named = namedDraft(value) ?? place.draft;
  const id = idOf(value, named);
  // Without an address of its own a schema is of the draft that is around it.
  const draft = pointer === "" || id !== "" ? named : place.draft;
  const ownId = id === "" ? idOf(value, draft) : id;
  const base = ownId === "" ? place.base : joinUrl(place.base, ownId);
  if (ownId !== "" || pointer === "") addResource(document, { pointer, id: base, draft });
  addAnchors(resourceAt(document, pointer), value, pointer);
  for (const [below, inner] of schemasIn(value, draft, pointer)) {
    collect(document, { value: inner, pointer: below, base, draft: resourceAt(document, pointer).draft });
  }
}

function namedDraft({ $schema: named }: JsonObject): SchemaDraft | undefined {
  if (typeof named !== "string") return undefined;
  const known = drafts[named.replace(/^https?:\/\//u, "").replace(/#$/u, "")];
  if (known !== undefined) return known;
  // Helm takes any urn: for a schema that lets everything pass.
  if (named.startsWith("urn:")) return undefined;
  throw new SchemaAddressError(named);
}

function idOf(words: JsonObject, draft: SchemaDraft): string {
  if (draft < 2019 && Object.hasOwn(words, "$ref")) return "";
  const id = words[draft === 4 ? "id" : "$id"];
  return typeof id === "string" ? (id.split("#", 1)[0] ?? "") : "";
}

function addResource(document: SchemaDocument, one: Pick<SchemaResource, "pointer" | "id" | "draft">): void {
  const other = [...document.resources.values()].find(({ id }) => id === one.id);
  if (other !== undefined && other.pointer !== one.pointer) {
    const [first, second] = [one.pointer, other.pointer].map((text) => quoteString(text));
    throw new SchemaUseError(
      `duplicate id ${quoteString(one.id)} in ${quoteString(document.url)} at ${first} and ${second}`,
    );
  }
  document.resources.set(one.pointer, { ...one, anchors: new Map(), dynamicAnchors: new Set() });
}

function addAnchors({ draft, anchors, dynamicAnchors }: SchemaResource, words: JsonObject, pointer: string): void {
  const add = (name: unknown): void => {
    if (typeof name === "string" && name !== "" && !name.startsWith("/")) anchors.set(name, pointer);
  };
  if (draft < 2019) {
    const id = words[draft === 4 ? "id" : "$id"];
    if (!Object.hasOwn(words, "$ref") && typeof id === "string") add(id.split("#")[1]);
    return;
  }
  add(words["$anchor"]);
  const { $dynamicAnchor: dynamic } = words;
  if (draft < 2020 || typeof dynamic !== "string") return;
  add(dynamic);
  dynamicAnchors.add(dynamic);
}

const single = ["not", "additionalProperties", "items", "additionalItems"];
const since6 = ["propertyNames", "contains"];
const since7 = ["if", "then", "else"];
const since2019 = ["unevaluatedProperties", "unevaluatedItems", "contentSchema"];
const lists = new Set(["allOf", "anyOf", "oneOf", "items"]);
const maps = new Set(["definitions", "properties", "patternProperties", "dependencies"]);

function schemasIn(words: JsonObject, draft: SchemaDraft, at: string): (readonly [string, JsonValue])[] {
  const singles = new Set([
    ...single,
    ...(draft >= 6 ? since6 : []),
    ...(draft >= 7 ? since7 : []),
    ...(draft >= 2019 ? since2019 : []),
  ]);
  const found: (readonly [string, JsonValue])[] = [];
  for (const [name, value] of Object.entries(words)) {
    const pointer = `${at}/${escapePointer(name)}`;
    if (singles.has(name)) found.push([pointer, value]);
    if (isList(value) && (lists.has(name) || (draft >= 2020 && name === "prefixItems"))) {
      found.push(...value.map((item, index) => [`${pointer}/${index}`, item] as const));
    }
    const isMap = maps.has(name) || (draft >= 2019 && (name === "$defs" || name === "dependentSchemas"));
    if (isMap && isJsonObject(value)) {
      found.push(...Object.entries(value).map(([key, inner]) => [`${pointer}/${escapePointer(key)}`, inner] as const));
    }
  }
  return found;
}

/** Returns an address relative to another. Throws `SchemaUseError` for what is none. */
export function joinUrl(base: string, reference: string): string {
  if (reference === "") return base;
  if (!URL.canParse(reference, base)) throw new SchemaUseError(`error in parsing ${quoteString(reference)}`);
  return new URL(reference, base).href;
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
