import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import type { SourcePosition } from "../errors.ts";
import { showPath, type ValuePath } from "./decode-lenient.ts";

/** A field that is read, checked and kept, and that nothing acts on yet. */
export interface LaterField {
  /** Path from the spec, the same in fleet.yaml. */
  readonly field: string;
  /** What happens instead. */
  readonly instead: string;
}

const noHistory = "there is no Helm history here: nothing is kept, and nothing has to be";

/** Options of Bundles and fleet.yaml; those of targets are the same. */
const options: readonly LaterField[] = [
  { field: "rolloutStrategy", instead: "all clusters get a change at once" },
  {
    field: "downstreamResources",
    instead: "nothing is copied, and clusters refuse the whole bundle, since it would run without them: take them out",
  },
  { field: "correctDrift.keepFailHistory", instead: noHistory },
  { field: "helm.maxHistory", instead: noHistory },
  { field: "imageScans", instead: "no image is looked up, and nothing is committed" },
];

/** The table of all such fields by kind; docs print it. */
export const laterFields = {
  Bundle: options,
  GitRepo: [
    { field: "correctDrift.keepFailHistory", instead: noHistory },
    { field: "imageScanInterval", instead: "no image is looked up" },
    { field: "imageScanCommit", instead: "nothing is committed" },
    { field: "ociRegistrySecret", instead: "bundles are kept in the hub's own store" },
  ],
} as const satisfies Record<string, readonly LaterField[]>;

/** A field of one object that nothing acts on yet. */
export interface NotActedOn {
  readonly path: ValuePath;
  readonly instead: string;
}

/** Returns the fields of a spec or fleet.yaml that are set and that nothing acts on yet, targets included. */
export function notActedOn(kind: keyof typeof laterFields, spec: JsonObject): NotActedOn[] {
  const found = (at: JsonObject, prefix: ValuePath): NotActedOn[] =>
    laterFields[kind].flatMap(({ field, instead }) => {
      const path = field.split(".");
      return isSet(path.reduce<JsonValue | undefined>(valueIn, at)) ? [{ path: [...prefix, ...path], instead }] : [];
    });
  const targets = kind === "Bundle" ? ["targets", "targetCustomizations"] : [];
  return [
    ...found(spec, []),
    ...targets.flatMap((list) => {
      const entries = spec[list];
      if (!isList(entries)) return [];
      return entries.flatMap((target, index) => (isJsonObject(target) ? found(target, [list, index]) : []));
    }),
  ];
}

/** Such a field with its place in a file. */
export interface LocatedField {
  /** As people write it: `targets[0].helm.maxHistory`. */
  readonly field: string;
  readonly instead: string;
  readonly position: SourcePosition;
}

/** Returns `notActedOn` of a file, whose places `locate` knows. */
export function notActedOnAt(
  kind: keyof typeof laterFields,
  { spec, locate }: { readonly spec: JsonObject; readonly locate: (path: ValuePath) => SourcePosition },
): LocatedField[] {
  return notActedOn(kind, spec).map(({ path, instead }) => ({
    field: showPath(path),
    instead,
    position: locate(path),
  }));
}

/** Returns `notActedOn` for a status: fields as text. Nothing where there are none. */
export function notActedOnStatus(kind: keyof typeof laterFields, spec: JsonValue | undefined): JsonObject {
  const fields = isJsonObject(spec) ? notActedOn(kind, spec) : [];
  if (fields.length === 0) return {};
  return { notActedOn: fields.map(({ path, instead }) => ({ field: showPath(path), instead })) };
}

function valueIn(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isJsonObject(value) ? value[key] : undefined;
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** What has the meaning of its absence is not set. */
function isSet(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return false;
  if (isList(value)) return value.length > 0;
  return !isJsonObject(value) || Object.keys(value).length > 0;
}
