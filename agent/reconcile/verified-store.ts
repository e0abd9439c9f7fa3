import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import * as z from "zod";
import { isJsonObject } from "../../codec/json-value.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { printJson } from "../../codec/print-json.ts";
import { sha256Hex } from "../../codec/stable-hash.ts";
import { deploymentOptionsSchema, type DeploymentOptions } from "../../shared/api/deployment-options.ts";
import { isKubeObject } from "../../shared/api/is-kube-object.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { AppError } from "../../shared/errors.ts";
import type { Hook } from "../../shared/render/hooks/hook.ts";
import { wellKnown } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { bundleAnnotation, verifiedLabel, verifiedName } from "./marks.ts";
import { hookSchema } from "./stored-hooks.ts";

/** A deployment as it was rendered when it was verified: applied whole, ready, its hooks run. */
export interface VerifiedDeployment {
  readonly deploymentId: string;
  readonly renderDigest: string;
  readonly commit?: string | undefined;
  readonly objects: readonly KubeObject[];
  readonly hooks: readonly Hook[];
  readonly options: DeploymentOptions;
}

/** Names a kept deployment, in the inventory. */
export interface VerifiedRef {
  readonly deploymentId: string;
  readonly renderDigest: string;
  /** SHA-256 of what is kept, in hex: the names of its Secrets begin with it. */
  readonly digest: string;
  readonly parts: number;
}

/** Keeps what deployments with `helm.atomic` go back to in Secrets: neither the disk, the hub nor what was looked up is needed for it. */
export interface VerifiedStore {
  /** Keeps a deployment beside those that are kept already. Throws `RENDER_LIMIT` when it is too large. */
  save(bundle: string, verified: VerifiedDeployment): Promise<VerifiedRef>;
  /** Returns what was kept, undefined when it is lost or damaged. */
  read(bundle: string, ref: VerifiedRef): Promise<VerifiedDeployment | undefined>;
  /** Deletes all that is kept of a bundle, but for one. */
  keepOnly(bundle: string, ref: VerifiedRef | undefined): Promise<void>;
}

const verifiedSchema = z.object({
  deploymentId: z.string(),
  renderDigest: z.string(),
  commit: z.string().optional(),
  objects: z.array(z.custom<KubeObject>(isKubeObject)),
  hooks: z.array(hookSchema),
  options: deploymentOptionsSchema,
});

const maxPlainBytes = 64 * 1024 * 1024;
/** A Secret holds 1 MiB, in base64 a third more than the bytes. */
const maxPartBytes = 500 * 1000;
const maxParts = 20;

/** Returns a store on the Secrets of the agent's namespace. */
export function createVerifiedStore(deps: { readonly client: KubeClient; readonly namespace: string }): VerifiedStore {
  const { client, namespace } = deps;
  /** What was read last: a deployment that was taken back is looked at again and again. */
  let recent: { readonly digest: string; readonly verified: VerifiedDeployment } | undefined;
  const targetOf = (name: string) => ({ resource: wellKnown.secret, namespace, name });

  return {
    save: async (bundle, verified) => {
      const packed = zstdCompressSync(printJson(verified));
      const digest = sha256Hex(packed);
      const { deploymentId, renderDigest } = verified;
      const ref = { deploymentId, renderDigest, digest, parts: Math.ceil(packed.length / maxPartBytes) };
      if (ref.parts > maxParts) {
        const message = `bundle ${bundle}: with helm.atomic its objects are kept, and these are too large: split the bundle`;
        throw new AppError("RENDER_LIMIT", message, { verdict: "stalled" });
      }
      for (let index = 0; index < ref.parts; index++) {
        const name = partName(bundle, ref, index);
        const part = packed.subarray(index * maxPartBytes, (index + 1) * maxPartBytes);
        await client.apply(targetOf(name), secretOf({ name, namespace, bundle }, part), { force: true });
      }
      return ref;
    },
    read: async (bundle, ref) => {
      if (recent?.digest === ref.digest) return recent.verified;
      const parts: Buffer[] = [];
      for (let index = 0; index < ref.parts; index++) {
        const secret = await client.get(targetOf(partName(bundle, ref, index)));
        const data = isJsonObject(secret?.["data"]) ? secret["data"]["part"] : undefined;
        parts.push(Buffer.from(typeof data === "string" ? data : "", "base64"));
      }
      const packed = Buffer.concat(parts);
      if (sha256Hex(packed) !== ref.digest) return undefined;
      const text = zstdDecompressSync(packed, { maxOutputLength: maxPlainBytes }).toString("utf8");
      const parsed = verifiedSchema.safeParse(parseJson(text));
      if (!parsed.success) return undefined;
      recent = { digest: ref.digest, verified: parsed.data };
      return parsed.data;
    },
    keepOnly: async (bundle, ref) => {
      const kept = ref === undefined ? "" : partName(bundle, ref, 0).slice(0, -1);
      const labelSelector = `${verifiedLabel}=${verifiedName(bundle)}`;
      const found: KubeObject[] = [];
      for await (const secret of client.list(wellKnown.secret, { namespace, labelSelector, pageSize: 20 })) {
        const { name = "" } = secret.metadata;
        const isOurs = secret.metadata.annotations?.[bundleAnnotation] === bundle;
        if (isOurs && (ref === undefined || !name.startsWith(kept))) found.push(secret);
      }
      for (const { metadata } of found) {
        if (metadata.uid !== undefined) await client.remove(targetOf(metadata.name ?? ""), { uid: metadata.uid });
      }
    },
  };
}

function partName(bundle: string, { digest }: Pick<VerifiedRef, "digest">, index: number): string {
  return `${verifiedName(bundle)}-${digest.slice(0, 10)}-${index}`;
}

interface PartPlace {
  readonly name: string;
  readonly namespace: string;
  readonly bundle: string;
}

function secretOf({ name, namespace, bundle }: PartPlace, part: Buffer): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "drover.dev/verified",
    metadata: {
      name,
      namespace,
      labels: { "app.kubernetes.io/managed-by": "drover", [verifiedLabel]: verifiedName(bundle) },
      annotations: { [bundleAnnotation]: bundle },
    },
    data: { part: part.toString("base64") },
  };
}
