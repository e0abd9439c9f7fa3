import { describe, expect, it } from "vitest";
import { groupPlans } from "../../../../cli/live/group-plans.ts";
import { printPlans } from "../../../../cli/live/print-plans.ts";
import { errorLines } from "../../../../cli/live/report-plans.ts";
import { AppError } from "../../../../shared/errors.ts";
import type { PlannedDeployment } from "../../../../shared/protocol/answers.ts";

function aPlan(more: Partial<PlannedDeployment>): PlannedDeployment {
  const lists = { objects: [], remove: [], held: [], released: [], hooks: [], warnings: [] };
  return { bundle: "fleet-default/web", unchanged: 0, ...lists, ...more };
}

const web = { apiVersion: "v1", kind: "ConfigMap", namespace: "shop", name: "web" };
const named = { group: "", kind: "ConfigMap", namespace: "shop", name: "old" };
const field = { path: "data.size", desired: "large", live: "small", manager: "ann" };

function heard(cluster: string, said: PlannedDeployment[]) {
  return { cluster, said, error: undefined };
}

function silent(cluster: string, message: string) {
  return { cluster, said: undefined, error: new AppError("HUB_REFUSED", message) };
}

describe("what clusters say of a plan", () => {
  it("stands together where it is the same, in the order of the clusters", () => {
    const changed = [aPlan({ objects: [{ ...web, action: "configure", fields: [field] }] })];
    const groups = groupPlans([heard("a", changed), heard("b", []), heard("c", changed)]);
    expect(groups.map(({ clusters }) => clusters)).toEqual([["a", "c"], ["b"]]);
    expect(printPlans(groups, "plan")).toBe(
      [
        "2 clusters: a, c",
        "  bundle web",
        "    ~ configure ConfigMap shop/web",
        '        data.size: "small" → "large"',
        "",
        "1 cluster: b",
        "  nothing changes",
      ].join("\n"),
    );
  });

  it("is not parted by bundles that stay as they are", () => {
    const other = aPlan({ bundle: "fleet-default/other", unchanged: 3 });
    const groups = groupPlans([heard("a", [aPlan({ unchanged: 2 })]), heard("b", [other])]);
    expect(printPlans(groups, "plan")).toBe("2 clusters: a, b\n  nothing changes");
  });

  it("turns the arrow round for a comparison, and names who wrote the value", () => {
    const groups = groupPlans([
      heard("a", [aPlan({ objects: [{ ...web, action: "configure", fields: [field] }], unchanged: 2 })]),
    ]);
    expect(printPlans(groups, "diff")).toBe(
      [
        "1 cluster: a",
        "  bundle web",
        "    ~ differs ConfigMap shop/web",
        '        data.size: "large" → "small" (by ann)',
        "    = 2 unchanged",
      ].join("\n"),
    );
  });

  it("says what is deleted, held, left and run, and what could not be told", () => {
    const deployment = aPlan({
      commit: "0123456789abcdef",
      paused: true,
      remove: [named],
      held: [{ ...named, kind: "Namespace", namespace: "", reason: "a Namespace is removed only when approved" }],
      released: [{ ...named, reason: "bundle team/other has it now" }],
      hooks: [{ ...named, group: "batch", kind: "Job", name: "migrate" }],
      warnings: ["old API"],
      cut: 7,
    });
    expect(
      printPlans([{ clusters: ["a"], deployments: [deployment] }], "plan")
        .split("\n")
        .slice(1),
    ).toEqual([
      "  bundle web (commit 0123456789ab)",
      "    paused: nothing of this is done before it goes on",
      "    - delete ConfigMap shop/old",
      "    ? delete Namespace old once approved: a Namespace is removed only when approved",
      "    . leave ConfigMap shop/old: bundle team/other has it now",
      "    > run hook Job shop/migrate",
      "    … and 7 more, too many for one answer",
      "    warning: old API",
    ]);
  });

  it("names clusters that say nothing for the same reason in one line", () => {
    expect(
      errorLines([silent("a", "no such GitRepo"), heard("b", []), silent("c", "away"), silent("d", "no such GitRepo")]),
    ).toEqual(["2 clusters: a, d: no such GitRepo", "cluster c: away"]);
  });

  it("shows why a bundle cannot be planned in place of its objects", () => {
    const error = { code: "CHART_FAILED", message: "no template" };
    const groups = groupPlans([heard("a", [aPlan({ error })])]);
    expect(printPlans(groups, "plan")).toBe("1 cluster: a\n  bundle web\n    ! CHART_FAILED: no template");
  });
});
