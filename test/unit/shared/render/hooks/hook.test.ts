import { describe, expect, it } from "vitest";
import type { KubeObject } from "../../../../../shared/api/meta.ts";
import { splitHooks } from "../../../../../shared/render/hooks/hook.ts";

function withAnnotations(annotations: Readonly<Record<string, string>>): KubeObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", annotations } };
}

interface Case {
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hook: unknown;
}

const cases: readonly Case[] = [
  {
    name: "one event, by default deleted before it is made again",
    annotations: { "helm.sh/hook": "pre-install" },
    hook: { events: ["pre-install"], weight: 0, deletePolicies: ["before-hook-creation"] },
  },
  {
    name: "several events with blanks and capitals, and a weight with a sign",
    annotations: { "helm.sh/hook": " Pre-Upgrade , post-install", "helm.sh/hook-weight": "-5" },
    hook: { events: ["post-install", "pre-upgrade"], weight: -5 },
  },
  {
    name: "several delete policies, unknown ones without effect",
    annotations: { "helm.sh/hook": "test-success", "helm.sh/hook-delete-policy": "hook-failed, Hook-Succeeded,never" },
    hook: { events: ["test"], deletePolicies: ["hook-succeeded", "hook-failed"] },
  },
  {
    name: "an empty delete policy, which deletes nothing",
    annotations: { "helm.sh/hook": "post-delete", "helm.sh/hook-delete-policy": "" },
    hook: { events: ["post-delete"], deletePolicies: [] },
  },
  {
    name: "a weight that is no whole number, which counts as 0",
    annotations: { "helm.sh/hook": "pre-rollback", "helm.sh/hook-weight": "1.5" },
    hook: { events: ["pre-rollback"], weight: 0 },
  },
];

describe("splitHooks", () => {
  it.each(cases)("reads $name", ({ annotations, hook }) => {
    const split = splitHooks([withAnnotations(annotations)]);
    expect(split.hooks).toMatchObject([hook]);
    expect(split).toMatchObject({ objects: [], warnings: [] });
  });

  it("leaves other objects alone and in order", () => {
    const objects = [withAnnotations({}), withAnnotations({ "helm.sh/hook-weight": "1" })];
    expect(splitHooks(objects)).toEqual({ objects, hooks: [], warnings: [] });
  });

  it("leaves out hooks of unknown events with advice, as Helm does", () => {
    const split = splitHooks([
      withAnnotations({ "helm.sh/hook": "crd-install" }),
      withAnnotations({ "helm.sh/hook": "pre-install,sometimes" }),
    ]);
    expect(split).toMatchObject({ objects: [], hooks: [] });
    expect(split.warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^ConfigMap a is a hook for "crd-install".*; move it to crds\/$/u),
      expect.stringMatching(/"pre-install,sometimes".*events are pre-install, post-install,/u),
    ]);
  });
});
