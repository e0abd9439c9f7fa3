import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import type { Clock } from "../../shared/clock.ts";
import { AppError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { ClusterValues } from "../../shared/render/chart/merge-cluster-values.ts";
import { printReference, type ValuesReference } from "../../shared/render/chart/values-references.ts";
import type { HttpConnection } from "../http-connection.ts";
import { type ObjectTarget, wellKnown } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { KubeConnection } from "../kube/kube-connection.ts";
import { watchObjects } from "../kube/watch-objects.ts";

/** What deployments read by `helm.valuesFrom`: each object is watched, its metadata only, as long as one reads it. */
export interface ValuesInputs extends AsyncDisposable {
  /**
   * Returns the values of a deployment's references, read as `client`. Throws `VALUES_FROM_MISSING` naming object and key,
   * or what the API server answered.
   */
  read(bundle: string, references: readonly ValuesReference[], client: KubeClient): Promise<readonly ClusterValues[]>;
  /** Returns whether nothing that the deployment reads changed since it was read. */
  isFresh(bundle: string): boolean;
  /** The deployment is gone. */
  forget(bundle: string): void;
}

/** What the inputs need. */
export interface ValuesInputsDeps {
  /** The agent's own identity, for watches: only metadata comes over them. */
  readonly client: KubeClient;
  readonly connection: KubeConnection;
  readonly http: HttpConnection;
  readonly log: Logger;
  readonly clock: Clock;
  /** Something that the deployment reads is another now. */
  readonly onChange: (bundle: string) => void;
}

interface Watched {
  readonly abort: AbortController;
  readonly done: Promise<void>;
  readonly readers: Set<string>;
  /** Version that was read last, "" for none; undefined: not read yet. */
  version: string | undefined;
  /** Version that the watch told last. */
  told: string | undefined;
}

/** A watch may be forbidden where reading is not: what was read counts no longer than this. */
const maxAgeMs = 5 * 60_000;
/** The watch tells when the object comes; this is for clusters where it may not. */
const missingAfterMs = 30_000;

/** Returns inputs that nobody reads yet; disposing ends all watches. */
export function createValuesInputs(deps: ValuesInputsDeps): ValuesInputs {
  const watched = new Map<string, Watched>();
  /** When each deployment's inputs were read; absent when one has changed since. */
  const readAt = new Map<string, number>();

  function markStale(bundle: string): void {
    readAt.delete(bundle);
    deps.onChange(bundle);
  }

  function onTold(id: string, version: string): void {
    const entry = watched.get(id);
    if (entry === undefined) return;
    entry.told = version;
    if (entry.version === undefined || entry.version === version) return;
    entry.version = version;
    for (const bundle of entry.readers) markStale(bundle);
  }

  async function readObject(bundle: string, id: string, read: () => Promise<KubeObject | undefined>) {
    const toldBefore = watched.get(id)?.told;
    const object = await read();
    const version = object?.metadata.resourceVersion ?? "";
    const entry = watched.get(id);
    if (entry === undefined) return object;
    // Another one than its other readers have seen.
    if (entry.version !== undefined && entry.version !== version) {
      for (const reader of entry.readers) if (reader !== bundle) markStale(reader);
    }
    entry.version = version;
    // Told of while it was being read: perhaps newer than what was read.
    if (entry.told !== toldBefore && entry.told !== version) markStale(bundle);
    return object;
  }

  function watch(id: string, target: ObjectTarget): Watched {
    const abort = new AbortController();
    const done = watchObjects({
      ...deps,
      resource: target.resource,
      namespace: target.namespace,
      fieldSelector: `metadata.name=${target.name}`,
      signal: abort.signal,
      onEvent: ({ type, metadata }) => onTold(id, type === "gone" ? "" : (metadata.resourceVersion ?? "")),
      onListed: (names) => {
        if (names.size === 0) onTold(id, "");
      },
    });
    return { abort, done, readers: new Set(), version: undefined, told: undefined };
  }

  function useOnly(bundle: string, targets: ReadonlyMap<string, ObjectTarget>): void {
    for (const [id, target] of targets) {
      const entry = watched.get(id) ?? watch(id, target);
      watched.set(id, entry);
      entry.readers.add(bundle);
    }
    for (const [id, entry] of watched) {
      if (targets.has(id) || !entry.readers.delete(bundle) || entry.readers.size > 0) continue;
      entry.abort.abort();
      watched.delete(id);
    }
  }

  return {
    isFresh: (bundle) => deps.clock.elapsed() - (readAt.get(bundle) ?? -Infinity) < maxAgeMs,
    read: async (bundle, references, client) => {
      const targets = new Map(references.map((reference) => [idOf(reference), targetOf(reference)] as const));
      useOnly(bundle, targets);
      const startMs = deps.clock.elapsed();
      // Before reading: a change from now on counts as one.
      readAt.set(bundle, startMs);
      try {
        const objects = new Map<string, KubeObject | undefined>();
        for (const [id, target] of targets) {
          objects.set(id, await readObject(bundle, id, () => client.get(target)));
        }
        return references.map((reference) => valuesAt(reference, objects.get(idOf(reference))));
      } catch (error) {
        readAt.delete(bundle);
        throw error;
      }
    },
    forget: (bundle) => {
      useOnly(bundle, new Map());
      readAt.delete(bundle);
    },
    [Symbol.asyncDispose]: async () => {
      for (const { abort } of watched.values()) abort.abort();
      await Promise.all([...watched.values()].map(({ done }) => done));
    },
  };
}

/** Returns the values of references as they are now, read once: nothing is watched for them. Throws as `read` does. */
export async function readValues(
  references: readonly ValuesReference[],
  client: KubeClient,
): Promise<readonly ClusterValues[]> {
  const objects = new Map<string, KubeObject | undefined>();
  for (const reference of references) {
    const id = idOf(reference);
    if (!objects.has(id)) objects.set(id, await client.get(targetOf(reference)));
  }
  return references.map((reference) => valuesAt(reference, objects.get(idOf(reference))));
}

function idOf({ kind, namespace, name }: ValuesReference): string {
  return `${kind}/${namespace}/${name}`;
}

function targetOf({ kind, namespace, name }: ValuesReference): ObjectTarget {
  return { resource: kind === "Secret" ? wellKnown.secret : wellKnown.configMap, namespace, name };
}

function valuesAt(reference: ValuesReference, object: KubeObject | undefined): ClusterValues {
  const data = object?.["data"];
  const text = isJsonObject(data) && Object.hasOwn(data, reference.key) ? data[reference.key] : undefined;
  if (typeof text === "string") {
    return { ...reference, text: reference.kind === "Secret" ? Buffer.from(text, "base64").toString("utf8") : text };
  }
  const { kind, namespace, name, key } = reference;
  const problem =
    object === undefined
      ? `${kind} ${namespace}/${name} is not there (its key ${key} holds values); create it`
      : `${kind} ${namespace}/${name} has no key ${key}; add it`;
  throw new AppError("VALUES_FROM_MISSING", `helm.valuesFrom: ${problem}`, {
    verdict: "waiting",
    afterMs: missingAfterMs,
    details: { object: printReference(reference) },
  });
}
