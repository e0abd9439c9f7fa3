import { isApiObject, type ApiObject } from "../../apiserver/resources/api-object.ts";
import type { ObjectKey, ResourceKey } from "../../apiserver/storage/object-store.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { printJson } from "../../codec/print-json.ts";
import { AppError } from "../../shared/errors.ts";
import { numberColumn, type Row, type Sql, textColumn } from "./database.ts";

/** Encrypts what must not lie in the database in clear text. */
export interface Sealer {
  seal(text: string): string;
  open(text: string): string;
}

/** Kinds whose rows are encrypted. */
const sealedResources: ReadonlySet<ResourceKey> = new Set(["/secrets"]);

/** Kinds whose status is computed when somebody looks: what a client sends as status is not stored. */
export const computedStatusResources: ReadonlySet<ResourceKey> = new Set([
  "fleet.cattle.io/gitrepos",
  "fleet.cattle.io/bundles",
  "fleet.cattle.io/clusters",
  "fleet.cattle.io/clustergroups",
]);

/** The kind whose removal is remembered. */
export const bundleResource: ResourceKey = "fleet.cattle.io/bundles";

/** What is deleted with an object, in the same transaction: the words that it gave out and what it reported. */
const goesWith: Readonly<Record<ResourceKey, readonly string[]>> = {
  "fleet.cattle.io/clusters": [
    "DELETE FROM credentials WHERE kind = 'agent' AND namespace = ? AND name = ?",
    "DELETE FROM cluster_states WHERE namespace = ? AND name = ?",
  ],
  "fleet.cattle.io/users": ["DELETE FROM credentials WHERE kind = 'user' AND namespace = ? AND name = ?"],
  "fleet.cattle.io/clusterregistrationtokens": [
    "DELETE FROM credentials WHERE kind = 'registration' AND namespace = ? AND name = ?",
  ],
};

/** Objects as rows. */
export interface ObjectRows {
  read(sql: Sql, key: ObjectKey): Promise<ApiObject | undefined>;
  save(sql: Sql, key: ObjectKey, object: ApiObject): Promise<void>;
  /** Deletes a row; that of a Bundle leaves its name and the cause behind, on which agents' removals rest. */
  remove(sql: Sql, key: ObjectKey, because: string): Promise<void>;
  /** Returns the object of a row with the columns `body` and `version`. */
  parse(resource: ResourceKey, row: Row): ApiObject;
  /** Returns the part of an object that is stored. */
  storable(key: ObjectKey, object: ApiObject): ApiObject;
}

/** Returns the mapping between objects and rows. */
export function createObjectRows(sealer: Sealer): ObjectRows {
  const parse = (resource: ResourceKey, row: Row): ApiObject => {
    const text = textColumn(row, "body");
    const value = parseJson(sealedResources.has(resource) ? sealer.open(text) : text);
    if (!isApiObject(value))
      throw new AppError("STORE_CORRUPT", `a row of ${resource} holds no object: restore the database from a backup`, {
        verdict: "stalled",
      });
    return { ...value, metadata: { ...value.metadata, resourceVersion: String(numberColumn(row, "version")) } };
  };
  return {
    parse,
    read: async (sql, key) => {
      const [row] = await sql.all(
        "SELECT body, version FROM objects WHERE resource = ? AND namespace = ? AND name = ?",
        [key.resource, key.namespace, key.name],
      );
      return row === undefined ? undefined : parse(key.resource, row);
    },
    save: async (sql, key, object) => {
      const { resourceVersion, ...metadata } = object.metadata;
      const text = printJson({ ...object, metadata });
      await sql.run(
        `INSERT INTO objects (resource, namespace, name, uid, version, body) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (resource, namespace, name) DO UPDATE SET uid = excluded.uid, version = excluded.version, body = excluded.body`,
        [
          key.resource,
          key.namespace,
          key.name,
          object.metadata.uid ?? "",
          Number(resourceVersion),
          sealedResources.has(key.resource) ? sealer.seal(text) : text,
        ],
      );
      if (key.resource === bundleResource)
        await sql.run("DELETE FROM removed_bundles WHERE namespace = ? AND name = ?", [key.namespace, key.name]);
    },
    remove: async (sql, key, because) => {
      await sql.run("DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?", [
        key.resource,
        key.namespace,
        key.name,
      ]);
      for (const statement of goesWith[key.resource] ?? []) await sql.run(statement, [key.namespace, key.name]);
      if (key.resource !== bundleResource) return;
      await sql.run(
        `INSERT INTO removed_bundles (namespace, name, because) VALUES (?, ?, ?)
         ON CONFLICT (namespace, name) DO UPDATE SET because = excluded.because`,
        [key.namespace, key.name, because],
      );
    },
    storable: (key, object) => {
      if (!computedStatusResources.has(key.resource)) return object;
      const { status: _computed, ...stored } = object;
      return stored;
    },
  };
}
