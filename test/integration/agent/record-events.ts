import { get } from "node:https";
import type { IncomingMessage } from "node:http";
import * as z from "zod";
import { readLines } from "../../../agent/kube/read-lines.ts";
import type { KubeEndpoint } from "../../kube/kube-request.ts";

/** What happened in a namespace, in the order of the API server's revisions. */
export interface EventRecord extends Disposable {
  /** Returns `made Job/a`, `ended Job/a`, `changed ConfigMap/app`, `deleted Job/a`, one after the other. */
  events(): string[];
  /** Returns how often an object of that name was made. */
  timesMade(name: string): number;
}

const watchEvent = z.object({
  type: z.enum(["ADDED", "MODIFIED", "DELETED"]),
  object: z.looseObject({
    kind: z.string(),
    data: z.record(z.string(), z.string()).optional(),
    metadata: z.object({ name: z.string(), uid: z.string(), resourceVersion: z.string() }),
    status: z
      .looseObject({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).optional() })
      .optional(),
  }),
});
type WatchEvent = z.infer<typeof watchEvent>;

const kinds = ["/api/v1/namespaces/NAMESPACE/configmaps", "/apis/batch/v1/namespaces/NAMESPACE/jobs"];

/** Watches ConfigMaps and Jobs of a namespace, which need not be there yet, until it is disposed. */
export async function recordEvents(endpoint: KubeEndpoint, namespace: string): Promise<EventRecord> {
  const seen: WatchEvent[] = [];
  const streams = await Promise.all(kinds.map((path) => openWatch(endpoint, path.replace("NAMESPACE", namespace))));
  for (const stream of streams) void follow(stream, seen);
  const ordered = (): WatchEvent[] =>
    seen
      .filter(({ object }) => object.metadata.name !== "kube-root-ca.crt")
      .toSorted((a, b) => Number(a.object.metadata.resourceVersion) - Number(b.object.metadata.resourceVersion));
  return {
    events: () => describe(ordered()),
    timesMade: (name) => seen.filter(({ type, object }) => type === "ADDED" && object.metadata.name === name).length,
    [Symbol.dispose]: () => {
      for (const stream of streams) stream.destroy();
    },
  };
}

function openWatch(endpoint: KubeEndpoint, path: string): Promise<IncomingMessage> {
  const headers = { authorization: `Bearer ${endpoint.token}` };
  return new Promise((resolve, reject) => {
    get(new URL(`${path}?watch=true`, endpoint.url), { ca: endpoint.caCert, headers, agent: false }, resolve).on(
      "error",
      reject,
    );
  });
}

async function follow(stream: IncomingMessage, seen: WatchEvent[]): Promise<void> {
  try {
    for await (const line of readLines(stream)) seen.push(watchEvent.parse(JSON.parse(line)));
  } catch (error) {
    // Ended by disposing.
    if (!stream.destroyed) throw error;
  }
}

/** Leaves out changes that say nothing new: of Jobs all but the first sight of their end, of ConfigMaps all but their data. */
function describe(ordered: readonly WatchEvent[]): string[] {
  const before = new Map<string, string>();
  return ordered.flatMap(({ type, object }) => {
    const { kind, metadata, data, status } = object;
    const about = `${kind}/${metadata.name}`;
    if (type === "DELETED") return [`deleted ${about}`];
    const ended = status?.conditions?.some((one) => one.status === "True" && /^(?:Complete|Failed)$/u.test(one.type));
    const state = JSON.stringify([data, ended === true]);
    const known = before.get(metadata.uid);
    before.set(metadata.uid, state);
    if (type === "ADDED") return [`made ${about}`];
    if (known === state) return [];
    return [kind === "Job" ? `ended ${about}` : `changed ${about}`];
  });
}
