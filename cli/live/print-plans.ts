import { isJsonObject } from "../../codec/json-value.ts";
import { printJson } from "../../codec/print-json.ts";
import { describeEntry } from "../../shared/drift/inventory-entry.ts";
import type { PlannedDeployment, PlannedObject } from "../../shared/protocol/answers.ts";
import { changes, type PlanGroup } from "./group-plans.ts";

/** Words for what is shown: a plan says what would happen, a comparison what differs. */
export type PlanWords = "diff" | "plan";

/** Returns the groups for people: per group its clusters, per bundle one line for each object and each field that differs. */
export function printPlans(groups: readonly PlanGroup[], words: PlanWords): string {
  return groups.map((group) => printGroup(group, words)).join("\n\n");
}

function printGroup({ clusters, deployments }: PlanGroup, words: PlanWords): string {
  const heading = `${clusters.length} ${clusters.length === 1 ? "cluster" : "clusters"}: ${clusters.join(", ")}`;
  const told = deployments.filter((deployment) => changes(deployment) || deployment.error !== undefined);
  if (told.length === 0) return `${heading}\n  ${words === "diff" ? "as Git says" : "nothing changes"}`;
  return [heading, ...told.flatMap((deployment) => deploymentLines(deployment, words))].join("\n");
}

function deploymentLines(deployment: PlannedDeployment, words: PlanWords): string[] {
  const { bundle, commit, error, paused, objects, unchanged, remove, held, released, hooks, warnings, cut } =
    deployment;
  const at = commit === undefined ? "" : ` (commit ${commit.slice(0, 12)})`;
  const lines = [`  bundle ${bundle.slice(bundle.indexOf("/") + 1)}${at}`];
  if (error !== undefined) return [...lines, `    ! ${error.code}: ${error.message}`];
  if (paused === true) lines.push("    paused: nothing of this is done before it goes on");
  lines.push(...objects.flatMap((object) => objectLines(object, words)));
  for (const entry of remove) lines.push(`    - ${words === "diff" ? "not in Git" : "delete"} ${describeEntry(entry)}`);
  for (const { reason, ...entry } of held) lines.push(`    ? delete ${describeEntry(entry)} once approved: ${reason}`);
  for (const { reason, ...entry } of released) lines.push(`    . leave ${describeEntry(entry)}: ${reason}`);
  for (const hook of hooks) lines.push(`    > run hook ${describeEntry(hook)}`);
  if (cut !== undefined) lines.push(`    … and ${cut} more, too many for one answer`);
  if (unchanged > 0) lines.push(`    = ${unchanged} unchanged`);
  return [...lines, ...warnings.map((warning) => `    warning: ${warning}`)];
}

const verbs = {
  plan: { create: "+ create", configure: "~ configure", replace: "± replace", conflict: "! conflict", fail: "! fails" },
  diff: {
    create: "- missing",
    configure: "~ differs",
    replace: "~ differs",
    conflict: "! conflict",
    fail: "! unknown",
  },
} as const satisfies Record<PlanWords, Record<PlannedObject["action"], string>>;

function objectLines({ action, message, fields, ...object }: PlannedObject, words: PlanWords): string[] {
  const about = message === undefined || message === "" ? "" : `: ${message}`;
  return [
    `    ${verbs[words][action]} ${describeEntry(object)}${about}`,
    ...fields.map(({ path, desired, live, manager }) => {
      const [before, after] = words === "diff" ? [desired, live] : [live, desired];
      const by = words === "diff" && manager !== undefined ? ` (by ${manager})` : "";
      return `        ${path}: ${printSide(before)} → ${printSide(after)}${by}`;
    }),
  ];
}

const maxSide = 200;

function printSide(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = printJson(value);
  if (text.length <= maxSide) return text;
  return `${text.slice(0, maxSide)}… (${isJsonObject(value) ? "map" : "text"} of ${text.length})`;
}
