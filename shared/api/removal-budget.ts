import * as z from "zod";
import { AppError } from "../errors.ts";
import { removalBudgetAnnotation } from "./annotations.ts";

const percent = z.number().min(0).max(100);
const count = z.number().int().min(0).max(1_000_000);

/** Schema of a GitRepo's own budget (annotation `drover.dev/removal-budget`, JSON); what it leaves out is as everywhere else. */
const removalBudgetSchema = z.strictObject({
  /** A commit waits that takes away more than this share of the GitRepo's bundles … */
  bundlesPercent: percent.exactOptional(),
  /** … and at least so many. */
  bundlesAtLeast: count.exactOptional(),
  /** A change of labels or targets waits by which more than this share of its clusters lose bundles … */
  clustersPercent: percent.exactOptional(),
  /** … and at least so many. */
  clustersAtLeast: count.exactOptional(),
  /** In a cluster, removals from a bundle that stays wait beyond this share of its objects … */
  objectsPercent: percent.exactOptional(),
  /** … if there are more than so many, */
  objectsAbove: count.exactOptional(),
  /** or if there are more than so many in any case. */
  objectsMost: count.exactOptional(),
});

export type RemovalBudgetSettings = z.infer<typeof removalBudgetSchema>;

/** What the hub lets go without anybody's word. Source of the defaults: design, section 5. */
export interface HubBudget {
  readonly bundlesPercent: number;
  readonly bundlesAtLeast: number;
  readonly clustersPercent: number;
  readonly clustersAtLeast: number;
}

/** The hub's budget where nobody sets another. */
export const defaultHubBudget: HubBudget = {
  bundlesPercent: 30,
  bundlesAtLeast: 10,
  clustersPercent: 30,
  clustersAtLeast: 5,
};

/** Returns the budget that a GitRepo's annotations set, empty where they set none; throws REMOVAL_BUDGET_INVALID. */
export function readRemovalBudget(annotations: Readonly<Record<string, string>> | undefined): RemovalBudgetSettings {
  const text = annotations?.[removalBudgetAnnotation];
  if (text === undefined || text === "") return {};
  const parsed = removalBudgetSchema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const problem = parsed.error.issues.map(({ path, message }) => [...path, message].join(": ")).join("; ");
  throw new AppError(
    "REMOVAL_BUDGET_INVALID",
    `annotation ${removalBudgetAnnotation}: ${problem}; write JSON such as {"bundlesPercent": 50, "objectsMost": 500}`,
    { verdict: "stalled" },
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told by the schema: the text is no object.
    return text;
  }
}

/** Returns as `readRemovalBudget` does; a budget that cannot be read counts as none here, and is told where commits are built. */
export function removalBudgetOrNone(annotations: Readonly<Record<string, string>> | undefined): RemovalBudgetSettings {
  try {
    return readRemovalBudget(annotations);
  } catch (error) {
    if (error instanceof AppError && error.code === "REMOVAL_BUDGET_INVALID") return {};
    throw error;
  }
}
