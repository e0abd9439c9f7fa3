import { readFile } from "node:fs/promises";
import * as z from "zod";

const lineSchema = z.object({
  verb: z.string(),
  requestURI: z.string(),
  userAgent: z.string().optional(),
  stage: z.string(),
});

/** Requests that an API server has finished, by their kind. */
export interface RequestCount {
  readonly all: number;
  readonly dryRuns: number;
  readonly lists: number;
  readonly watches: number;
}

/** Returns how many requests of a program the audit log holds; a watch counts when it ends. */
export async function countRequests(auditLogPath: string, userAgent: string): Promise<RequestCount> {
  const text = await readFile(auditLogPath, "utf8");
  const own = text
    .split("\n")
    .filter((line) => line.includes(userAgent))
    .map((line) => lineSchema.parse(JSON.parse(line)))
    .filter((line) => line.stage === "ResponseComplete" && line.userAgent?.startsWith(userAgent) === true);
  return {
    all: own.length,
    dryRuns: own.filter(({ requestURI }) => requestURI.includes("dryRun=All")).length,
    lists: own.filter(({ verb }) => verb === "list").length,
    watches: own.filter(({ verb }) => verb === "watch").length,
  };
}

/** Returns the requests of `after` that are not among those of `before`. */
export function requestsBetween(before: RequestCount, after: RequestCount): RequestCount {
  return {
    all: after.all - before.all,
    dryRuns: after.dryRuns - before.dryRuns,
    lists: after.lists - before.lists,
    watches: after.watches - before.watches,
  };
}
