import { randomUUID } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { vi } from "vitest";
import { z } from "zod";
import { createKubeClient, type KubeClient, type KubeEndpoint } from "../../../kube/kube-request.ts";
import { type SharedCluster, sharedCluster } from "../../../support/kube.ts";
import { systemClock } from "../../../../shared/clock.ts";
import { silentLogger } from "../../../../shared/log.ts";
import { createSimulatedCluster } from "../../../../simulator/simulated-cluster.ts";

/** A cluster that writes down who deletes what. */
export interface AuditedCluster extends KubeEndpoint, AsyncDisposable {
  readonly request: KubeClient["request"];
  /** Returns the names of the objects in a namespace that an agent deleted until now, once for each deletion that succeeded. */
  deletions(namespace: string): Promise<string[]>;
}

const auditLine = z.looseObject({
  userAgent: z.string().optional(),
  objectRef: z.looseObject({ namespace: z.string().optional(), name: z.string().optional() }).optional(),
  responseStatus: z.looseObject({ code: z.number() }).optional(),
});

/** Returns the shared cluster as one that tells of deletions, by kube-apiserver's own audit log from now on. */
export async function auditedSharedCluster(): Promise<AuditedCluster> {
  const cluster = await sharedCluster();
  const from = statSync(cluster.auditLogPath).size;
  return {
    ...cluster,
    request: (path, options) => cluster.request(path, options),
    deletions: async (namespace) => {
      const log = await readWhenWritten(cluster, from);
      return deletionsIn(log, namespace);
    },
    [Symbol.asyncDispose]: async () => cluster[Symbol.dispose](),
  };
}

/**
 * Returns the log from a place on, once it has the line of a request that is made now: kube-apiserver writes the line of a
 * request after it has answered it, so that what was just deleted may not be there yet.
 */
async function readWhenWritten(cluster: SharedCluster, from: number): Promise<string> {
  const mark = `mark-${randomUUID()}`;
  await cluster.request(`/api/v1/namespaces/${mark}`);
  return vi.waitFor(
    () => {
      const log = readFileSync(cluster.auditLogPath).subarray(from).toString("utf8");
      if (!log.includes(mark)) throw new Error("the audit log is behind");
      return log;
    },
    { timeout: 10_000, interval: 5 },
  );
}

function deletionsIn(log: string, namespace: string): string[] {
  return (
    log
      .split("\n")
      .filter((line) => line.includes(namespace) && line.includes('"verb":"delete') && line.endsWith("}"))
      .map((line) => auditLine.parse(JSON.parse(line)))
      .filter(({ userAgent, objectRef, responseStatus }) => {
        const isDone = (responseStatus?.code ?? 0) < 300;
        return isDone && objectRef?.namespace === namespace && userAgent === "drover-agent";
      })
      // A deletion of a whole collection names nothing: no model allows it.
      .map(({ objectRef }) => objectRef?.name ?? "*")
  );
}

/** Starts a cluster of the simulator; what it tells of requests is its audit log. Tests go round it to edit objects. */
export async function startSimulatedAudit(): Promise<AuditedCluster> {
  const deleted: { readonly path: string; readonly by: string }[] = [];
  const cluster = await createSimulatedCluster({
    name: "scenarios",
    clock: systemClock,
    log: silentLogger,
    audit: ({ verb, path, status, agent }) => {
      if (verb.startsWith("delete") && status < 300) deleted.push({ path, by: agent });
    },
  });
  const endpoint = { url: cluster.url, caCert: cluster.ca, token: cluster.token };
  const client = createKubeClient(endpoint);
  return {
    ...endpoint,
    request: (path, options) => client.request(path, options),
    deletions: async (namespace) =>
      deleted
        .filter(({ path, by }) => by === "drover-agent" && path.includes(`/namespaces/${namespace}/`))
        .map(({ path }) => path.split("/").at(-1) ?? "*"),
    [Symbol.asyncDispose]: async () => {
      client[Symbol.dispose]();
      await cluster[Symbol.asyncDispose]();
    },
  };
}
