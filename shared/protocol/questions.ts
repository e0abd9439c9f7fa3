import * as z from "zod";
import { desiredDeploymentSchema } from "./desired-document.ts";

/** What a person may ask an agent; each can be granted apart at the hub and turned off apart at the agent. */
export const questionKinds = ["diff", "events", "inventory", "logs", "object", "plan"] as const;

export type QuestionKind = (typeof questionKinds)[number];

/** What an agent answers unless its settings say otherwise: logs may hold secrets. */
export const answeredByDefault: Readonly<Record<QuestionKind, boolean>> = {
  diff: true,
  events: true,
  inventory: true,
  logs: false,
  object: true,
  plan: true,
};

/** One object by what names it in every version; namespace "" for cluster-scoped kinds, group "" for the core group. */
export const objectNameSchema = z.object({
  group: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
});

const everyQuestion = {
  /** Names the question for its life; the answer carries it. */
  id: z.string().min(1),
  /** User of the hub who asks, for the agent's log. */
  asker: z.string(),
  /** Nobody waits for the answer any more after this. */
  withinMs: z.number().int().positive(),
};

/** `<workspace>/<bundle name>`. */
const bundle = z.string();

/** One question of a hub to an agent. */
export const questionSchema = z.discriminatedUnion("kind", [
  /** The live object, values of Secrets hidden. */
  z.object({ ...everyQuestion, kind: z.literal("object"), bundle, object: objectNameSchema }),
  /** What of a deployment differs from Git, object by object. */
  z.object({ ...everyQuestion, kind: z.literal("diff"), bundle }),
  /** Why objects are not ready, with the Events about them and their pods; `object`: of this one, ready or not. */
  z.object({ ...everyQuestion, kind: z.literal("events"), bundle, object: objectNameSchema.optional() }),
  /** The last lines that pods of objects which are not ready logged; `object`: of this one, ready or not. */
  z.object({ ...everyQuestion, kind: z.literal("logs"), bundle, object: objectNameSchema.optional() }),
  /** What a deployment owns, and how it is. */
  z.object({ ...everyQuestion, kind: z.literal("inventory"), bundle }),
  /** What would change if these deployments were wanted, and `remove` were not: nothing is changed. */
  z.object({
    ...everyQuestion,
    kind: z.literal("plan"),
    deployments: z.array(desiredDeploymentSchema),
    remove: z.array(bundle),
  }),
]);

/** What answers a check-in when there are questions and no news; questions are parsed one by one, as a later hub may know more kinds. */
export const questionsSchema = z.object({
  questions: z.array(z.looseObject({ id: z.string().min(1), kind: z.string() })),
});

export type ObjectName = z.infer<typeof objectNameSchema>;
export type Question = z.infer<typeof questionSchema>;
export type SentQuestions = z.infer<typeof questionsSchema>;

/** An answer's JSON is no longer than this, in bytes; lists are cut and say by how much. */
export const maxAnswerBytes = 1024 * 1024;

/** Questions that may be open for one cluster at the same time. */
export const maxOpenQuestions = 8;
