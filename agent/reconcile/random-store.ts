import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as z from "zod";
import { isJsonObject } from "../../codec/json-value.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { sha256Hex } from "../../codec/stable-hash.ts";
import type { RandomTape } from "../../helm/functions/random-tape.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { AppError } from "../../shared/errors.ts";
import { type ObjectTarget, wellKnown } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { bundleAnnotation } from "./marks.ts";

/** Keeps what the random functions of charts gave (passwords, keys) in Secrets of the cluster, so that every render gives the same. */
export interface RandomStore {
  /** Returns what was kept for a bundle, empty when nothing was. Throws `INVENTORY_UNREADABLE` for a damaged Secret. */
  read(bundle: string): Promise<RandomTape>;
  /** Keeps what a render gave, unless that is what is kept. */
  save(bundle: string, tape: RandomTape): Promise<void>;
  /** Forgets a bundle that is gone. */
  drop(bundle: string): Promise<void>;
}

const tapeSchema = z.array(z.object({ key: z.string(), value: z.string() }));
const dataKey = "random";
const maxPlainBytes = 16 * 1024 * 1024;

/** Returns a store on the Secrets of the agent's namespace; each is read once. */
export function createRandomStore({
  client,
  namespace,
}: {
  readonly client: KubeClient;
  readonly namespace: string;
}): RandomStore {
  const known = new Map<string, RandomTape>();
  const targetOf = (bundle: string): ObjectTarget => ({
    resource: wellKnown.secret,
    namespace,
    name: `drover-random-${sha256Hex(bundle).slice(0, 20)}`,
  });

  async function read(bundle: string): Promise<RandomTape> {
    const before = known.get(bundle);
    if (before !== undefined) return before;
    const secret = await client.get(targetOf(bundle));
    const tape = secret === undefined ? [] : unpack(secret);
    known.set(bundle, tape);
    return tape;
  }

  return {
    read,
    save: async (bundle, tape) => {
      const before = await read(bundle);
      if (JSON.stringify(before) === JSON.stringify(tape)) return;
      const target = targetOf(bundle);
      await client.apply(target, secretOf(target, bundle, tape), { force: true });
      known.set(bundle, tape);
    },
    drop: async (bundle) => {
      known.delete(bundle);
      const live = await client.get(targetOf(bundle));
      if (live?.metadata.uid !== undefined) await client.remove(targetOf(bundle), { uid: live.metadata.uid });
    },
  };
}

function secretOf(target: ObjectTarget, bundle: string, tape: RandomTape): KubeObject {
  const { name, namespace } = target;
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
    data: { [dataKey]: zstdCompressSync(JSON.stringify(tape)).toString("base64") },
  };
}

/** Other results would be other passwords, so that a damaged Secret must not count as none. */
function unpack(secret: KubeObject): RandomTape {
  try {
    const data = secret["data"];
    const text = isJsonObject(data) ? data[dataKey] : undefined;
    const packed = Buffer.from(typeof text === "string" ? text : "", "base64");
    return tapeSchema.parse(parseJson(zstdDecompressSync(packed, { maxOutputLength: maxPlainBytes }).toString("utf8")));
  } catch (error) {
    const { name = "", namespace = "" } = secret.metadata;
    throw new AppError(
      "INVENTORY_UNREADABLE",
      `Secret ${namespace}/${name} does not hold what charts need to make the same passwords again; restore it, or delete it for new ones`,
      { verdict: "stalled", cause: error },
    );
  }
}
