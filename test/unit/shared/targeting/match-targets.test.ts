import { describe, expect, it } from "vitest";

import type { BundleSpec } from "../../../../shared/api/bundle-spec.ts";
import { type Outcome, type TargetCluster, compileTargets } from "../../../../shared/targeting/match-targets.ts";

function aCluster(bend: Partial<TargetCluster> = {}): TargetCluster {
  return { name: "ams", namespace: "fleet-default", labels: { env: "prod" }, groups: [], ...bend };
}

/** A bundle of a GitRepo: targets are its restrictions too. */
function aSpec(
  customizations: BundleSpec["targets"],
  targets: BundleSpec["targets"],
  bend: Partial<BundleSpec> = {},
): BundleSpec {
  return { targets: [...(customizations ?? []), ...(targets ?? [])], targetRestrictions: targets ?? [], ...bend };
}

const everyone = [{ name: "all", clusterSelector: {} }];

function match(spec: BundleSpec, cluster: TargetCluster = aCluster()): Outcome | undefined {
  return compileTargets(spec)(cluster);
}

describe("compileTargets", () => {
  it("takes the first target that matches", () => {
    const spec = aSpec([], [{ name: "dev", clusterSelector: { matchLabels: { env: "dev" } } }, ...everyone]);
    expect(match(spec)).toMatchObject({ target: "all", customizations: [], doNotDeploy: false });
    expect(match(spec, aCluster({ labels: { env: "dev" } }))).toMatchObject({ target: "dev" });
  });

  it("matches nothing with a target that names nothing", () => {
    expect(match(aSpec([], [{ name: "none" }]))).toBeUndefined();
  });

  it("wants every part of a target", () => {
    const spec = aSpec([], [{ name: "t", clusterName: "ams", clusterSelector: { matchLabels: { env: "dev" } } }]);
    expect(match(spec)).toBeUndefined();
  });

  it("matches clusterName with the display name as well", () => {
    const spec = aSpec([], [{ name: "t", clusterName: "Paris" }]);
    expect(match(spec, aCluster({ labels: { "management.cattle.io/cluster-display-name": "Paris" } }))?.target).toBe(
      "t",
    );
    expect(match(spec)).toBeUndefined();
  });

  it("wants all group criteria of one and the same group", () => {
    const spec = aSpec([], [{ name: "t", clusterGroup: "one", clusterGroupSelector: { matchLabels: { kind: "b" } } }]);
    const groups = [
      { name: "one", labels: { kind: "a" } },
      { name: "two", labels: { kind: "b" } },
    ];
    expect(match(spec, aCluster({ groups }))).toBeUndefined();
    expect(match(spec, aCluster({ groups: [{ name: "one", labels: { kind: "b" } }] }))?.target).toBe("t");
  });

  it("matches a cluster without groups by an empty group selector, as Fleet does", () => {
    expect(match(aSpec([], [{ name: "t", clusterGroupSelector: {} }]))?.target).toBe("t");
  });

  it("lets a customization replace options, but never add a cluster", () => {
    const spec = aSpec(
      [{ name: "c", clusterSelector: {}, namespace: "x" }],
      [{ name: "dev", clusterSelector: { matchLabels: { env: "dev" } } }],
    );
    expect(match(spec)).toBeUndefined();
    expect(match(spec, aCluster({ labels: { env: "dev" } }))).toMatchObject({ customizations: ["c"], layers: [0] });
  });

  it("takes only the first customization unless the mode is AllMatches", () => {
    const customizations = [
      { name: "a", clusterSelector: {}, namespace: "a" },
      { name: "b", clusterSelector: {}, namespace: "b" },
    ];
    expect(match(aSpec(customizations, everyone))).toMatchObject({ customizations: ["a"], layers: [0] });
    const all = aSpec(customizations, everyone, { targetCustomizationMode: "AllMatches" });
    expect(match(all)).toMatchObject({ customizations: ["a", "b"], layers: [2, 0, 1] });
  });

  it("treats every entry as a target when there are no restrictions", () => {
    const spec: BundleSpec = {
      targets: [{ name: "p", clusterSelector: { matchLabels: { env: "prod" } }, namespace: "n" }],
    };
    expect(match(spec)).toMatchObject({ target: "p", customizations: [], layers: [0] });
  });

  it("keeps a bundle away with doNotDeploy of the target, or of any customization that counts", () => {
    const keepAway = [{ name: "no", clusterSelector: {}, doNotDeploy: true }];
    expect(match({ targets: keepAway })).toMatchObject({ doNotDeploy: true, optionsKey: "" });
    expect(match(aSpec(keepAway, everyone))).toMatchObject({ target: "all", doNotDeploy: true });
    const second = [{ name: "yes", clusterSelector: {} }, ...keepAway];
    expect(match(aSpec(second, everyone))).toMatchObject({ doNotDeploy: false });
    expect(match(aSpec(second, everyone, { targetCustomizationMode: "AllMatches" }))).toMatchObject({
      doNotDeploy: true,
    });
  });

  it("gives one options key to all targets that change nothing", () => {
    const spec = aSpec([], [{ name: "p", clusterSelector: { matchLabels: { env: "prod" } } }, ...everyone]);
    expect(match(spec)?.optionsKey).toBe(match(spec, aCluster({ labels: {} }))?.optionsKey);
  });

  it("refuses the whole bundle for a bad selector anywhere", () => {
    const bad = { name: "c", clusterSelector: { matchExpressions: [{ key: "a", operator: "Like" }] } };
    expect(() => compileTargets(aSpec([bad], everyone))).toThrow(/Like/u);
  });
});
