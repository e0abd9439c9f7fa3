import * as z from "zod";
import { replySchema } from "./answers.ts";
import { deploymentStatusSchema } from "./deployment-status.ts";
import { desiredDocumentSchema } from "./desired-document.ts";

/** Version of the bundler–agent protocol; sent as the header `drover-protocol` by both sides. */
export const protocolVersion = 1;

/**
 * `POST /agent/v1/register` with `authorization: Bearer <registration token>`: makes (or takes over) the Cluster and
 * returns a credential of the agent's own. 401 for an unknown or expired token, 409 for a name held by another cluster.
 */
export const registerRoute = {
  method: "POST",
  path: "/agent/v1/register",
  request: z.object({
    /** UID of the cluster's kube-system namespace: the same cluster registering again gets the same Cluster. */
    clusterUid: z.string().min(1),
    /** Wanted name; the hub makes one from the uid when absent. */
    name: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
  response: z.object({
    clusterName: z.string(),
    namespace: z.string(),
    credential: z.string(),
    epoch: z.string(),
  }),
} as const;

/**
 * `POST /agent/v1/checkin` with `authorization: Bearer <credential>`: reports what changed and asks for news. Held up
 * to `waitMs` (long poll, the hub cuts it to 45 s). 200 with a document, 204 when nothing changed; 200 with
 * `questionsSchema` instead, only to an agent that sends `answering`, when somebody asks something. Statuses are durable
 * before the answer's head is sent. 401: credential unknown (the agent goes on from its cache and keeps asking).
 */
export const checkInRoute = {
  method: "POST",
  path: "/agent/v1/checkin",
  request: z.object({
    /** Tag of the document that the agent holds; absent at first. */
    tag: z.string().optional(),
    /** What the agent follows: the identity of a store and the highest revision of it that was used; absent at first. */
    follows: z.object({ epoch: z.string(), revision: z.number().int().nonnegative() }).optional(),
    waitMs: z.number().int().nonnegative(),
    /** Names (`<workspace>/<bundle>`) of every deployment in the agent's inventories. The ground for `remove`. */
    holds: z.array(z.string()),
    /** True: `statuses` is the whole picture (first check-in of a process); false: only what changed. */
    full: z.boolean(),
    statuses: z.array(deploymentStatusSchema),
    /** Deployments whose removal is finished: the hub forgets their status. */
    gone: z.array(z.string()).optional(),
    /** Present when the agent takes questions: the ids of those that it has already. */
    answering: z.array(z.string()).optional(),
    agent: z
      .object({ version: z.string(), kubeVersion: z.string().optional(), lastError: z.string().optional() })
      .optional(),
  }),
  response: desiredDocumentSchema,
} as const;

/**
 * `GET /agent/v1/blobs/<sha256>`: zstd bytes of one blob (`content-encoding: zstd` is not set: the body is the zstd
 * frame), served only to agents whose own document names it; else 404. The agent verifies the hash of the content.
 */
export const blobRoute = { method: "GET", path: "/agent/v1/blobs/" } as const;

/**
 * `POST /agent/v1/answers` with `authorization: Bearer <credential>`: what the agent says to a question that it was sent.
 * 204; 404 when nobody waits for it (any more).
 */
export const answersRoute = { method: "POST", path: "/agent/v1/answers", request: replySchema } as const;

export type RegisterRequest = z.infer<typeof registerRoute.request>;
export type RegisterResponse = z.infer<typeof registerRoute.response>;
export type CheckInRequest = z.infer<typeof checkInRoute.request>;
