import { describe, expect, it } from "vitest";
import { type AimedBundle, createFleetBundle } from "../../../../bundler/desired/fleet-bundle.ts";
import type { BundleContent } from "../../../../bundler/build/bundle-content.ts";
import type { BundleSpec } from "../../../../shared/api/bundle-spec.ts";

const made: BundleContent = {
  files: "f".repeat(64),
  style: { charts: [], fetchedChart: false, kustomizations: [] },
  kustomize: {},
};

function aimed(spec: BundleSpec, bundles: Readonly<Record<string, Record<string, string>>> = {}): AimedBundle {
  const bundle = {
    apiVersion: "fleet.cattle.io/v1alpha1" as const,
    kind: "Bundle" as const,
    metadata: { name: "app", namespace: "w" },
    spec,
  };
  return createFleetBundle(bundle, made, { workspace: "w", labelsOfBundles: () => new Map(Object.entries(bundles)) });
}
function deploy(bundle: AimedBundle, env: string): ReturnType<AimedBundle["deployment"]> | undefined {
  const outcome = bundle.matchTargets({ name: env, namespace: "w", labels: { env }, groups: [] });
  return outcome === undefined ? undefined : bundle.deployment(outcome);
}
const targets = ["dev", "prod"].map((env) => ({
  name: env,
  namespace: env,
  clusterSelector: { matchLabels: { env } },
}));

function id(spec: BundleSpec): string | undefined {
  return deploy(aimed({ targets, ...spec }), "dev")?.deploymentId;
}

describe("createFleetBundle", () => {
  it("merges options once per outcome, and serves no blob but those that it named", () => {
    const bundle = aimed({ targets: [...targets, { name: "rest", clusterSelector: {} }] });
    const [dev, prod, rest, again] = ["dev", "prod", "test", "other"].map((env) => deploy(bundle, env));
    expect(dev?.options).not.toBe(prod?.options);
    expect(rest?.deploymentId).toBe(again?.deploymentId);
    expect(dev?.deploymentId).not.toBe(prod?.deploymentId);
    expect(bundle.optionsBlob(dev?.options ?? "")?.digest).toBe(dev?.options);
    expect(bundle.optionsBlob(dev?.content ?? "")).toBeUndefined();
  });

  it("gives the same deployment the same ID in another process, and another when content or options change", () => {
    expect(id({})).toBe(id({}));
    expect(id({ defaultNamespace: "x" })).not.toBe(id({}));
    expect(id({ paused: true })).toBe(id({}));
  });

  it("names dependencies by name and by the labels of other bundles, ready unless said otherwise", () => {
    const bundle = aimed(
      {
        targets,
        dependsOn: [{ name: "db" }, { selector: { matchLabels: { tier: "base" } }, acceptedStates: ["Modified"] }],
      },
      { zeta: { tier: "base" }, alpha: { tier: "base" }, other: { tier: "top" } },
    );
    expect(deploy(bundle, "dev")?.dependsOn).toEqual([
      { bundle: "w/db", acceptedStates: ["Ready"] },
      { bundle: "w/alpha", acceptedStates: ["Modified"] },
      { bundle: "w/zeta", acceptedStates: ["Modified"] },
    ]);
  });

  it("refuses a selector that is none", () => {
    const wrong = { matchExpressions: [{ key: "a", operator: "Near", values: ["x"] }] };
    expect(() => aimed({ targets: [{ clusterSelector: wrong }] })).toThrow(
      expect.objectContaining({ code: "TARGET_SELECTOR_INVALID" }),
    );
  });
});
