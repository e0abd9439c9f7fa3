import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as z from "zod";
import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { entryKey, objectKey, type InventoryEntry } from "../../shared/drift/inventory-entry.ts";
import { readManagedFields } from "../../shared/drift/managed-fields.ts";
import { AppError } from "../../shared/errors.ts";
import type { Hook } from "../../shared/render/hooks/hook.ts";
import { firstRelease } from "../../shared/render/release-facts.ts";
import type { AppliedFields, Inventory, StoredInventory } from "./inventory.ts";
import {
  applySetId,
  applySetIdLabel,
  applySetToolingAnnotation,
  approveAnnotation,
  bundleAnnotation,
  inventoryLabel,
  inventoryName,
  retryAnnotation,
  skipHooksAnnotation,
} from "./marks.ts";
import {
  appliedReleaseSchema,
  failedAttemptSchema,
  hookRunSchema,
  hookSchema,
  verifiedRefSchema,
} from "./stored-hooks.ts";

const maxPlainBytes = 64 * 1024 * 1024;

const entrySchema = z.object({
  group: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  uid: z.string().exactOptional(),
  granted: z.literal(true).exactOptional(),
  claimed: z.literal(true).exactOptional(),
  fresh: z.enum(["made", "found"]).exactOptional(),
});

const partSchema = z.object({
  version: z.literal(1),
  bundle: z.string(),
  /** Rises with each writing; parts of different generations mean that a writing was cut off. */
  generation: z.number(),
  parts: z.number(),
  deploymentId: z.string().optional(),
  renderDigest: z.string().optional(),
  epoch: z.string(),
  revision: z.number(),
  keepResources: z.boolean(),
  deleteDefinitions: z.boolean(),
  deleteNamespace: z.string().optional(),
  serviceAccount: z.string().optional(),
  entries: z.array(entrySchema),
  release: appliedReleaseSchema.optional(),
  run: hookRunSchema.optional(),
  deleteHooks: z.array(hookSchema).optional(),
  hookTimeoutMs: z.number().optional(),
  verified: verifiedRefSchema.optional(),
  failed: failedAttemptSchema.optional(),
});

type Part = z.infer<typeof partSchema>;

/** What is written: an inventory, its applied fields and a rising number. */
export interface InventoryWriting {
  readonly inventory: StoredInventory;
  readonly fields: AppliedFields;
  readonly generation: number;
  readonly namespace: string;
  /** Compressed size at which a Secret is split. */
  readonly maxPartBytes: number;
}

/** Returns the Secrets that hold an inventory: one, or several when it is large. */
export function inventorySecrets(writing: InventoryWriting): KubeObject[] {
  const { inventory, fields, namespace, maxPartBytes } = writing;
  let count = 1;
  for (;;) {
    const hooks = split(inventory.deleteHooks ?? [], count);
    const secrets = split(inventory.entries, count).map((entries, index) => {
      const deleteHooks = hooks[index] ?? [];
      const { generation } = writing;
      const part: Part = { version: 1, ...inventory, deleteHooks, generation, parts: count, entries };
      const own = Object.fromEntries(
        entries.flatMap((entry) => {
          const owned = fields[entryKey(entry)];
          return owned === undefined ? [] : [[entryKey(entry), owned]];
        }),
      );
      return { part, data: { inventory: pack(part), fields: pack(own) }, index };
    });
    const largest = Math.max(...secrets.map(({ data }) => data.inventory.length + data.fields.length));
    const most = Math.max(inventory.entries.length, inventory.deleteHooks?.length ?? 0);
    if (largest <= maxPartBytes || count >= most) {
      return secrets.map(({ data, index }) => secretOf(inventory, namespace, { data, index }));
    }
    count = Math.max(count + 1, Math.ceil((count * largest) / maxPartBytes));
  }
}

interface SecretData {
  readonly index: number;
  readonly data: Readonly<Record<string, string>>;
}

function secretOf(inventory: StoredInventory, namespace: string, { index, data }: SecretData): KubeObject {
  const { bundle } = inventory;
  const name = index === 0 ? inventoryName(bundle) : `${inventoryName(bundle)}-${index}`;
  const parent = index === 0 ? { [applySetIdLabel]: applySetId(bundle, namespace) } : {};
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "drover.dev/inventory",
    metadata: {
      name,
      namespace,
      labels: { "app.kubernetes.io/managed-by": "drover", [inventoryLabel]: inventoryName(bundle), ...parent },
      annotations: {
        [bundleAnnotation]: bundle,
        [applySetToolingAnnotation]: "drover/v1",
        ...(index === 0 ? askedOf(inventory) : {}),
      },
    },
    data,
  };
}

/** What a person asked for stays asked for until it is done: a writing in between must not forget it. */
function askedOf({ approved, skipHooks, retry }: StoredInventory): Record<string, string> {
  return {
    ...(approved === undefined ? {} : { [approveAnnotation]: approved }),
    ...(skipHooks === true ? { [skipHooksAnnotation]: "true" } : {}),
    ...(retry === true ? { [retryAnnotation]: "true" } : {}),
  };
}

/** What the Secrets of one bundle say together. */
export interface ReadInventory {
  readonly inventory: StoredInventory;
  readonly fields: () => AppliedFields;
  readonly generation: number;
}

/**
 * Returns what the Secrets of one bundle hold. Parts of a writing that was cut off are joined: what any of them names
 * is owned, and nothing counts as applied whole. Throws `INVENTORY_UNREADABLE`.
 */
export function readInventorySecrets(secrets: readonly KubeObject[]): ReadInventory {
  const parts = secrets
    .map((secret) => ({ part: readPart(secret), secret }))
    .toSorted((a, b) => a.part.generation - b.part.generation);
  const newest = parts.at(-1)?.part;
  if (newest === undefined) throw new AppError("INVENTORY_UNREADABLE", "an inventory has no Secret");
  const whole = parts.length === newest.parts && parts.every(({ part }) => part.generation === newest.generation);
  const entries = new Map<string, InventoryEntry>();
  for (const { part } of parts) for (const entry of part.entries) entries.set(entryKey(entry), entry);
  const { version: _version, generation, parts: _parts, ...rest } = newest;
  const hooks = new Map<string, Hook>();
  for (const { part } of parts) for (const hook of part.deleteHooks ?? []) hooks.set(objectKey(hook.object), hook);
  const annotation = (name: string): string | undefined =>
    secrets.map((secret) => secret.metadata.annotations?.[name]).find((value) => value !== undefined);
  const packed = parts.map(({ secret }) => dataOf(secret, "fields"));
  return {
    inventory: {
      ...rest,
      release: rest.release ?? firstReleaseOf(newest),
      ...(whole ? {} : notWhole(newest)),
      entries: [...entries.values()],
      deleteHooks: [...hooks.values()],
      approved: annotation(approveAnnotation),
      approvedAt: secrets.map(approvalTime).find((time) => time !== undefined),
      skipHooks: annotation(skipHooksAnnotation) === "true",
      retry: annotation(retryAnnotation) === "true",
    },
    fields: () => Object.assign({}, ...packed.map((text) => unpackFields(text))),
    generation,
  };
}

/** The API server's own note of when the annotation was written: nobody has to write a time with it. */
function approvalTime({ metadata }: KubeObject): string | undefined {
  const writers = readManagedFields(metadata).filter(({ fields }) => {
    const annotations = fieldAt(fieldAt(fields, "f:metadata"), "f:annotations");
    return annotations[`f:${approveAnnotation}`] !== undefined;
  });
  return writers
    .flatMap(({ time }) => (time === undefined ? [] : [time]))
    .toSorted()
    .at(-1);
}

function fieldAt(node: JsonObject, name: string): JsonObject {
  const field = node[name];
  return isJsonObject(field) ? field : {};
}

/** Inventories of before releases were counted: what is applied counts as the first. */
function firstReleaseOf({ deploymentId }: Part): Inventory["release"] {
  return deploymentId === undefined ? undefined : { deploymentId, ...firstRelease };
}

/** What was applied must be applied again; hooks that have run for it must not run again. */
function notWhole({ run, deploymentId, renderDigest }: Part): Partial<Inventory> {
  const applied = { deploymentId: undefined, renderDigest: undefined };
  if (run !== undefined || deploymentId === undefined || renderDigest === undefined) return applied;
  const again = { occasion: "upgrade", stage: "again", since: "", failures: 0, done: [] } as const;
  return { ...applied, run: { id: "", deploymentId, renderDigest, ...again } };
}

function readPart(secret: KubeObject): Part {
  try {
    return partSchema.parse(parseJson(unpack(dataOf(secret, "inventory"))));
  } catch (error) {
    const about = `Secret ${secret.metadata.namespace ?? ""}/${secret.metadata.name ?? ""}`;
    throw new AppError("INVENTORY_UNREADABLE", `${about}: the inventory cannot be read`, {
      verdict: "waiting",
      afterMs: 60_000,
      cause: error,
    });
  }
}

const fieldsSchema = z.record(z.string(), z.custom<AppliedFields[string]>(isJsonObject));

/** Lost fields make conflicts more careful, nothing else. */
function unpackFields(text: string): AppliedFields {
  if (text === "") return {};
  const parsed = fieldsSchema.safeParse(JSON.parse(unpack(text)));
  return parsed.success ? parsed.data : {};
}

function dataOf(secret: KubeObject, key: string): string {
  const data = secret["data"];
  const text = isJsonObject(data) ? data[key] : undefined;
  return typeof text === "string" ? text : "";
}

function pack(value: unknown): string {
  return zstdCompressSync(Buffer.from(stableJson(value))).toString("base64");
}

function unpack(text: string): string {
  return zstdDecompressSync(Buffer.from(text, "base64"), { maxOutputLength: maxPlainBytes }).toString("utf8");
}

function split<T>(items: readonly T[], count: number): T[][] {
  const size = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_unused, index) => items.slice(index * size, (index + 1) * size));
}
