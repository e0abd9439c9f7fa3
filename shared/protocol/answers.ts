import * as z from "zod";
import { driftSchema } from "./deployment-status.ts";
import { objectNameSchema } from "./questions.ts";

/** How many entries are left out of a list so that the answer is not too long. */
const cut = z.number().int().positive().optional();

/** What would become of one object, or how it differs. */
export const plannedObjectSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  /** `replace`: deleted and made again; `conflict`: it belongs to somebody else; `fail`: the API server refuses it, or could not say. */
  action: z.enum(["create", "configure", "replace", "conflict", "fail"]),
  /** Which fields, for `configure`; values of Secrets are hidden. */
  fields: driftSchema.shape.fields,
  message: z.string().optional(),
});

const namedWithReason = objectNameSchema.extend({ reason: z.string() });

/** What would become of one deployment. Objects that stay as they are are counted only. */
export const plannedDeploymentSchema = z.object({
  bundle: z.string(),
  commit: z.string().optional(),
  /** Why it could not be planned; then the lists are empty. */
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  paused: z.boolean().optional(),
  objects: z.array(plannedObjectSchema),
  unchanged: z.number().int().nonnegative(),
  /** Objects that would be deleted. */
  remove: z.array(objectNameSchema),
  /** Objects whose deletion would wait until somebody approves it. */
  held: z.array(namedWithReason),
  /** Objects that would stay in the cluster without belonging to the deployment. */
  released: z.array(namedWithReason),
  /** Hooks that would run, in order. */
  hooks: z.array(objectNameSchema),
  warnings: z.array(z.string()),
  cut,
});

/** One Event, shortened. */
export const eventSchema = z.object({
  object: z.string(),
  type: z.string(),
  reason: z.string(),
  message: z.string(),
  count: z.number().int(),
  lastSeen: z.string(),
});

const unhealthySchema = objectNameSchema.extend({
  /** What the object's own status says; absent when it is ready. */
  message: z.string().optional(),
  /** What its pods and Events say of the cause. */
  reason: z.string().optional(),
  events: z.array(eventSchema),
});

const podLogSchema = z.object({
  namespace: z.string(),
  pod: z.string(),
  container: z.string(),
  /** The lines are those of the run before, which ended. */
  previous: z.boolean(),
  lines: z.array(z.string()),
  /** Why there are no lines. */
  message: z.string().optional(),
});

const ownedSchema = objectNameSchema.extend({
  uid: z.string().optional(),
  /** `replaced`: somebody made another one of that name; `unread`: too many to look at each, or the agent may not read it. */
  state: z.enum(["ready", "not-ready", "missing", "deleting", "replaced", "unread"]),
  message: z.string().optional(),
});

/** What an agent says to a question. */
export const answerSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("object"), object: z.record(z.string(), z.unknown()) }),
  z.object({ kind: z.literal("diff"), deployment: plannedDeploymentSchema }),
  z.object({ kind: z.literal("events"), objects: z.array(unhealthySchema), cut }),
  z.object({ kind: z.literal("logs"), logs: z.array(podLogSchema), cut }),
  z.object({
    kind: z.literal("inventory"),
    deploymentId: z.string().optional(),
    objects: z.array(ownedSchema),
    cut,
  }),
  z.object({ kind: z.literal("plan"), deployments: z.array(plannedDeploymentSchema) }),
]);

/** An answer, or why there is none. */
export const replySchema = z.union([
  z.object({ id: z.string(), answer: answerSchema }),
  z.object({ id: z.string(), refusal: z.object({ code: z.string(), message: z.string() }) }),
]);

export type PlannedObject = z.infer<typeof plannedObjectSchema>;
export type PlannedDeployment = z.infer<typeof plannedDeploymentSchema>;
export type AnsweredEvent = z.infer<typeof eventSchema>;
export type UnhealthyObject = z.infer<typeof unhealthySchema>;
export type PodLog = z.infer<typeof podLogSchema>;
export type OwnedObject = z.infer<typeof ownedSchema>;
export type Answer = z.infer<typeof answerSchema>;
export type Reply = z.infer<typeof replySchema>;
