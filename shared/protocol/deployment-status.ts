import * as z from "zod";
import { driftClasses } from "../drift/classify-field.ts";

/** Fleet's words for a bundle on a cluster, worst first, plus Orphaned: held, but the hub names it no more. */
export const deploymentStates = [
  "ErrApplied",
  "WaitApplied",
  "Modified",
  "OutOfSync",
  "Pending",
  "NotReady",
  "Orphaned",
  "Ready",
] as const;

export type DeploymentState = (typeof deploymentStates)[number];

/** One drifted object: which fields differ and who wrote them. */
export const driftSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  /** `missing`: the object was deleted; `changed`: fields differ; `unknown`: the comparison was not possible. */
  type: z.enum(["missing", "changed", "unknown"]),
  fields: z.array(
    z.object({
      path: z.string(),
      desired: z.unknown().optional(),
      live: z.unknown().optional(),
      /** Field manager that wrote the live value; absent when the field was removed or nobody owns it. */
      manager: z.string().optional(),
      /** How the field came to differ; absent from agents of before. */
      class: z.enum(driftClasses).optional(),
      /** When it wrote it, ISO 8601. */
      time: z.string().optional(),
    }),
  ),
  message: z.string().optional(),
});

/** One object that is not ready or could not be applied, with a sentence a person can act on. */
export const objectProblemSchema = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  message: z.string(),
});

/** State of one bundle on one cluster as its agent reports it. Lists are cut at 20 entries, counts are whole. */
export const deploymentStatusSchema = z.object({
  bundle: z.string(),
  state: z.enum(deploymentStates),
  /** What the agent last applied whole; absent before the first success. */
  appliedDeploymentId: z.string().optional(),
  commit: z.string().optional(),
  /** A stable error code and message when state is ErrApplied, Pending or WaitApplied for a cause. */
  error: z
    .object({ code: z.string(), message: z.string(), firstSeen: z.string(), lastSeen: z.string(), count: z.number() })
    .optional(),
  drift: z.array(driftSchema).optional(),
  /** How many objects drifted, when `drift` is cut. */
  driftCount: z.number().optional(),
  notReady: z.array(objectProblemSchema).optional(),
  /** Corrections made since the deployment was applied, with the last one's time and the drift that it undid. */
  corrected: z.object({ count: z.number(), lastTime: z.string(), last: z.array(driftSchema) }).optional(),
  objectCount: z.number().optional(),
  /** What rendering warned of, in words; at most 5, each cut at 300 characters. */
  warnings: z.array(z.string()).optional(),
  /** Removals that wait for approval, in words. */
  held: z.array(z.string()).optional(),
});

export type Drift = z.infer<typeof driftSchema>;
export type ObjectProblem = z.infer<typeof objectProblemSchema>;
export type DeploymentStatus = z.infer<typeof deploymentStatusSchema>;
