import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../api/meta.ts";

/** Stands for a value that is not told. */
const hidden = "[hidden]";

/** Annotations in which other programs keep a copy of the whole object. */
const copies: ReadonlySet<string> = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  "objectset.rio.cattle.io/applied",
]);

/**
 * Returns a live object as people may see it: without managedFields and copies of itself; of a Secret every value of
 * `data` and `stringData`, and every annotation, is hidden, since tools keep secrets there as well.
 */
export function hideSecrets(object: KubeObject): KubeObject {
  const { managedFields: _fields, annotations, ...metadata } = object.metadata;
  const secret = isSecret(object);
  const shown = Object.entries(annotations ?? {})
    .filter(([key]) => !copies.has(key))
    .map(([key, value]) => [key, secret ? hidden : value] as const);
  const plain: KubeObject = {
    ...object,
    metadata: { ...metadata, ...(shown.length === 0 ? {} : { annotations: Object.fromEntries(shown) }) },
  };
  if (!secret) return plain;
  return { ...plain, ...hideMap(plain, "data"), ...hideMap(plain, "stringData") };
}

/** Whether an object is a Secret of the core group, whatever its version. */
export function isSecret({ apiVersion, kind }: Pick<KubeObject, "apiVersion" | "kind">): boolean {
  return kind === "Secret" && !apiVersion.includes("/");
}

/** Returns differences as people may see them: no value of a Secret but those of its labels. */
export function hideFields<F extends { readonly path: string; readonly desired?: unknown; readonly live?: unknown }>(
  object: Pick<KubeObject, "apiVersion" | "kind">,
  fields: readonly F[],
): F[] {
  if (!isSecret(object)) return [...fields];
  return fields.map((field) => {
    if (/^metadata\.labels\b/u.test(field.path)) return field;
    const { desired, live } = field;
    return {
      ...field,
      ...(desired === undefined ? {} : { desired: hidden }),
      ...(live === undefined ? {} : { live: hidden }),
    };
  });
}

function hideMap(object: KubeObject, key: string): Readonly<Record<string, unknown>> {
  const value = object[key];
  if (value === undefined) return {};
  // Whatever stands there in place of a map is not shown either.
  if (!isJsonObject(value)) return { [key]: hidden };
  return { [key]: Object.fromEntries(Object.keys(value).map((name) => [name, hidden])) };
}
