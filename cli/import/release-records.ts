import { gunzipSync } from "node:zlib";
import * as z from "zod";
import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { parseYaml } from "../../codec/parse-yaml.ts";
import type { InventoryEntry } from "../../shared/drift/inventory-entry.ts";
import { AppError } from "../../shared/errors.ts";
import type { HubClient } from "../hub-client.ts";
import { listAll } from "./fleet-objects.ts";
import { idOf, textAt } from "./json-path.ts";

/** One Secret in which Helm keeps one revision of a release. */
export interface ReleaseSecret {
  readonly name: string;
  readonly path: string;
  readonly uid: string;
  readonly revision: number;
  readonly secret: JsonObject;
}

const maxPlainBytes = 64 * 1024 * 1024;

/** Returns the Secrets of exactly one release, `<namespace>/<name>`, oldest revision first. */
export async function readReleaseSecrets(cluster: HubClient, release: string): Promise<ReleaseSecret[]> {
  const [namespace = "", name = ""] = release.split("/");
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const query = `labelSelector=${encodeURIComponent(`owner=helm,name=${name}`)}&fieldSelector=${encodeURIComponent("type=helm.sh/release.v1")}`;
  const prefix = `sh.helm.release.v1.${name}.v`;
  return (await listAll(cluster, `${collection}?${query}`))
    .flatMap((secret) => {
      const own = textAt(secret, "metadata", "name");
      const revision = own.startsWith(prefix) ? own.slice(prefix.length) : "";
      if (!/^\d{1,9}$/u.test(revision)) return [];
      return [
        {
          name: own,
          path: `${collection}/${encodeURIComponent(own)}`,
          uid: textAt(secret, "metadata", "uid"),
          revision: Number(revision),
          secret,
        },
      ];
    })
    .toSorted((a, b) => a.revision - b.revision);
}

const releaseSchema = z.looseObject({ namespace: z.string(), manifest: z.string() });

/**
 * Returns the objects of a release as Helm recorded them: base64 of gzipped JSON (source: helm `pkg/storage/driver`).
 * Throws IMPORT_INCOMPLETE.
 */
export function readReleaseObjects({ secret }: ReleaseSecret): InventoryEntry[] {
  try {
    const packed = Buffer.from(Buffer.from(textAt(secret, "data", "release"), "base64").toString("utf8"), "base64");
    const text = gunzipSync(packed, { maxOutputLength: maxPlainBytes }).toString("utf8");
    const { manifest, namespace } = releaseSchema.parse(JSON.parse(text));
    return parseYaml(manifest)
      .flatMap(({ value }) => (isJsonObject(value) ? [value] : []))
      .map((object) => entryOf(object, namespace));
  } catch (cause) {
    throw new AppError("IMPORT_INCOMPLETE", `Secret ${idOf(secret)} is no release of Helm: look at it`, { cause });
  }
}

/** Objects without a namespace are in the release's; that of cluster-wide kinds does not count. */
function entryOf(object: JsonObject, releaseNamespace: string): InventoryEntry {
  const apiVersion = textAt(object, "apiVersion");
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const namespace = textAt(object, "metadata", "namespace") || releaseNamespace;
  return { group, kind: textAt(object, "kind"), namespace, name: textAt(object, "metadata", "name") };
}
