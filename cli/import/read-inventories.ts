import { zstdDecompressSync } from "node:zlib";
import * as z from "zod";
import type { JsonObject } from "../../codec/json-value.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { inventorySecretLabel } from "../../shared/api/annotations.ts";
import type { InventoryEntry } from "../../shared/drift/inventory-entry.ts";
import { AppError } from "../../shared/errors.ts";
import type { HubClient } from "../hub-client.ts";
import { listAll } from "./fleet-objects.ts";
import { idOf, textAt } from "./json-path.ts";

/** An object with the bundle (`<workspace>/<name>`) whose inventory holds it. */
export interface OwnedObject {
  readonly bundle: string;
  readonly entry: InventoryEntry;
}

const maxPlainBytes = 64 * 1024 * 1024;

/** What is read of an inventory Secret (source: `agent/reconcile/inventory-secret.ts`; a test reads what that writes). */
const partSchema = z.looseObject({
  version: z.literal(1),
  bundle: z.string(),
  entries: z.array(z.object({ group: z.string(), kind: z.string(), namespace: z.string(), name: z.string() })),
});

/** Returns every object that Drover's agent owns on a cluster; throws INVENTORY_UNREADABLE. */
export async function readInventories(cluster: HubClient, agentNamespace: string): Promise<OwnedObject[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(agentNamespace)}/secrets?labelSelector=${encodeURIComponent(inventorySecretLabel)}`;
  return (await listAll(cluster, path)).flatMap(ownedObjects);
}

/** Returns the objects that one inventory Secret names; throws INVENTORY_UNREADABLE. */
export function ownedObjects(secret: JsonObject): OwnedObject[] {
  try {
    const packed = Buffer.from(textAt(secret, "data", "inventory"), "base64");
    const text = zstdDecompressSync(packed, { maxOutputLength: maxPlainBytes }).toString("utf8");
    const { bundle, entries } = partSchema.parse(parseJson(text));
    return entries.map((entry) => ({ bundle, entry }));
  } catch (cause) {
    throw new AppError("INVENTORY_UNREADABLE", `Secret ${idOf(secret)}: the inventory cannot be read`, { cause });
  }
}
