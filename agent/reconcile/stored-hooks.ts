import * as z from "zod";
import { isKubeObject } from "../../shared/api/is-kube-object.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { hookEvents } from "../../helm/chart/hook-annotations.ts";
import { hookDeletePolicies } from "../../shared/render/hooks/hook.ts";

/** Schema of a hook in an inventory. */
export const hookSchema = z.object({
  object: z.custom<KubeObject>(isKubeObject),
  events: z.array(z.enum(hookEvents)).readonly(),
  weight: z.number(),
  deletePolicies: z.array(z.enum(hookDeletePolicies)).readonly(),
});

/** Schema of what charts were told last. */
export const appliedReleaseSchema = z.object({
  deploymentId: z.string(),
  revision: z.number(),
  isUpgrade: z.boolean(),
});

const madeHookSchema = z.object({ name: z.string(), uid: z.string() });

/** Schema of a run that is under way. */
export const hookRunSchema = z.object({
  id: z.string(),
  deploymentId: z.string(),
  renderDigest: z.string(),
  occasion: z.enum(["install", "upgrade", "rollback", "delete"]),
  stage: z.enum(["before", "objects", "after", "again"]),
  since: z.string(),
  failures: z.number(),
  failed: z.object({ message: z.string(), retryAt: z.string() }).optional(),
  done: z.array(madeHookSchema).readonly(),
  current: madeHookSchema.extend({ since: z.string() }).optional(),
});

/** Schema of what is kept to go back to. */
export const verifiedRefSchema = z.object({
  deploymentId: z.string(),
  renderDigest: z.string(),
  digest: z.string(),
  parts: z.number(),
});

/** Schema of a deployment that failed and was taken back. */
export const failedAttemptSchema = z.object({
  deploymentId: z.string(),
  renderDigest: z.string(),
  commit: z.string().optional(),
  code: z.string(),
  message: z.string(),
  at: z.string(),
  back: z.object({ ref: verifiedRefSchema, commit: z.string().optional() }).optional(),
});
