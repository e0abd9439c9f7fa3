import { randomUUID } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { vi } from "vitest";
import { z } from "zod";
import type { KubeClient } from "../../kube/kube-request.ts";

/** An API server that writes every request it has finished into a file. */
export interface AuditedServer extends Pick<KubeClient, "request"> {
  readonly auditLogPath: string;
}

/** A deletion that an agent asked for and that succeeded. */
export interface AgentDeletion {
  readonly resource: string;
  /** That of an object in a namespace, and of a Namespace its own name. */
  readonly namespace?: string;
  /** `*` of a whole collection. */
  readonly name: string;
}

const auditLine = z.looseObject({
  userAgent: z.string().optional(),
  objectRef: z.looseObject({
    resource: z.string(),
    namespace: z.string().optional(),
    name: z.string().optional(),
  }),
  responseStatus: z.looseObject({ code: z.number() }).optional(),
});

/** Returns what lists the deletions that agents made from now on of what has a text in its namespace or name. */
export function listenForDeletions(server: AuditedServer): (text: string) => Promise<AgentDeletion[]> {
  const from = statSync(server.auditLogPath).size;
  return async (text) => deletionsIn(await readWhenWritten(server, from), text);
}

/**
 * Returns the log from a place on, once it has the line of a request that is made now: kube-apiserver writes the line of a
 * request after it has answered it, so that what was just deleted may not be there yet.
 */
async function readWhenWritten(server: AuditedServer, from: number): Promise<string> {
  const mark = `mark-${randomUUID()}`;
  await server.request(`/api/v1/namespaces/${mark}`);
  return vi.waitFor(
    () => {
      const log = readFrom(server.auditLogPath, from);
      if (!log.includes(mark)) throw new Error("the audit log is behind");
      return log;
    },
    { timeout: 10_000, interval: 5 },
  );
}

function readFrom(path: string, from: number): string {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(fstatSync(file).size - from);
    const length = readSync(file, bytes, 0, bytes.length, from);
    return bytes.toString("utf8", 0, length);
  } finally {
    closeSync(file);
  }
}

function deletionsIn(log: string, text: string): AgentDeletion[] {
  return log
    .split("\n")
    .filter((line) => line.includes(text) && line.includes('"verb":"delete') && line.endsWith("}"))
    .map((line) => auditLine.parse(JSON.parse(line)))
    .filter(({ userAgent, objectRef: { namespace = "", name = "" }, responseStatus }) => {
      const isDone = (responseStatus?.code ?? 0) < 300;
      return isDone && userAgent === "drover-agent" && (namespace.includes(text) || name.includes(text));
    })
    .map(({ objectRef: { resource, namespace, name = "*" } }) => ({
      resource,
      name,
      ...(namespace === undefined ? {} : { namespace }),
    }));
}
