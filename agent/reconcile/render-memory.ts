import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as z from "zod";
import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { printJson } from "../../codec/print-json.ts";
import { sha256Hex } from "../../codec/stable-hash.ts";
import type { RandomTape } from "../../helm/functions/random-tape.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { AppError } from "../../shared/errors.ts";
import type { LookupAnswer } from "../../shared/render/chart/lookup-answer.ts";
import { type ObjectTarget, wellKnown } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { bundleAnnotation } from "./marks.ts";
import type { StepObserver } from "./step-observer.ts";

/** What a render drew and looked up: with it the same render gives the same bytes again. */
export interface RenderMemory {
  /** What random functions gave; the next version of a chart gets it too. */
  readonly random: RandomTape;
  /** What `lookup` found, for one render only: another one looks again. */
  readonly lookups?: KeptLookups;
}

/** Answers, and the key of the render that got them. */
export interface KeptLookups {
  readonly key: string;
  readonly answers: readonly LookupAnswer[];
}

/** Keeps memories in Secrets of the cluster: they survive the agent, its disk and its leader. */
export interface RenderMemoryStore {
  /** Returns what was kept for a bundle, empty when nothing was. Throws `INVENTORY_UNREADABLE` for a damaged Secret. */
  read(bundle: string): Promise<RenderMemory>;
  /** Keeps what a render needs to be repeated, unless that is what is kept. Throws `RENDER_LIMIT` when it is too large. */
  save(bundle: string, memory: RenderMemory): Promise<void>;
  /** Forgets a bundle that is gone. */
  drop(bundle: string): Promise<void>;
}

const tapeSchema = z.array(z.object({ key: z.string(), value: z.string() }));
const jsonObject = z.custom<JsonObject>(isJsonObject);
const lookupsSchema = z.object({
  key: z.string(),
  answers: z.array(
    z.object({
      query: z.object({ apiVersion: z.string(), kind: z.string(), namespace: z.string(), name: z.string() }),
      object: jsonObject.exactOptional(),
      refused: z.string().exactOptional(),
    }),
  ),
});

const randomKey = "random";
const lookupsKey = "lookups";
const maxPlainBytes = 16 * 1024 * 1024;
/** A Secret holds 1 MiB, in base64 a third more than the bytes. */
const maxPackedBytes = 700 * 1024;

/** Returns a store on the Secrets of the agent's namespace. */
export function createRenderMemoryStore({
  client,
  namespace,
  onStep,
}: {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly onStep: StepObserver;
}): RenderMemoryStore {
  /** Hashes of what is kept, so that an unchanged memory is not written again; the contents are read when needed. */
  const known = new Map<string, string>();
  const targetOf = (bundle: string): ObjectTarget => ({
    resource: wellKnown.secret,
    namespace,
    name: `drover-random-${sha256Hex(bundle).slice(0, 20)}`,
  });

  return {
    read: async (bundle) => {
      const secret = await client.get(targetOf(bundle));
      const memory: RenderMemory = secret === undefined ? { random: [] } : unpack(secret);
      known.set(bundle, hashOf(memory));
      return memory;
    },
    save: async (bundle, memory) => {
      const hash = hashOf(memory);
      if (known.get(bundle) === hash) return;
      const target = targetOf(bundle);
      await onStep("memory-write", bundle);
      await client.apply(target, secretOf(target, bundle, memory), { force: true });
      await onStep("memory-written", bundle);
      known.set(bundle, hash);
    },
    drop: async (bundle) => {
      known.delete(bundle);
      const live = await client.get(targetOf(bundle));
      if (live?.metadata.uid !== undefined) await client.remove(targetOf(bundle), { uid: live.metadata.uid });
    },
  };
}

function hashOf({ random, lookups }: RenderMemory): string {
  return sha256Hex(printJson([random, lookups ?? null]));
}

function secretOf(target: ObjectTarget, bundle: string, { random, lookups }: RenderMemory): KubeObject {
  const { name, namespace } = target;
  const packed = [[randomKey, random] as const, ...(lookups === undefined ? [] : [[lookupsKey, lookups] as const])].map(
    ([key, value]) => [key, zstdCompressSync(printJson(value))] as const,
  );
  if (packed.reduce((sum, [, bytes]) => sum + bytes.length, 0) > maxPackedBytes) {
    const message = `bundle ${bundle}: what its templates look up and draw is too large to be kept in a Secret`;
    throw new AppError("RENDER_LIMIT", `${message}; look up single objects rather than lists`, { verdict: "stalled" });
  }
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "drover.dev/random",
    metadata: {
      name,
      namespace,
      labels: { "app.kubernetes.io/managed-by": "drover" },
      annotations: { [bundleAnnotation]: bundle },
    },
    data: Object.fromEntries(packed.map(([key, bytes]) => [key, bytes.toString("base64")])),
  };
}

/** Other results would be other passwords, so that a damaged Secret must not count as none. */
function unpack(secret: KubeObject): RenderMemory {
  try {
    const data = secret["data"];
    const members = isJsonObject(data) ? data : {};
    const random = tapeSchema.parse(unpackOne(members[randomKey]));
    if (members[lookupsKey] === undefined) return { random };
    return { random, lookups: lookupsSchema.parse(unpackOne(members[lookupsKey])) };
  } catch (error) {
    const { name = "", namespace = "" } = secret.metadata;
    throw new AppError(
      "INVENTORY_UNREADABLE",
      `Secret ${namespace}/${name} does not hold what charts need to make the same passwords again; restore it, or delete it for new ones`,
      { verdict: "stalled", cause: error },
    );
  }
}

function unpackOne(packed: unknown): unknown {
  const bytes = Buffer.from(typeof packed === "string" ? packed : "", "base64");
  return parseJson(zstdDecompressSync(bytes, { maxOutputLength: maxPlainBytes }).toString("utf8"));
}
