import { describe, expect, it } from "vitest";
import {
  type BundleKnowledge,
  documentTag,
  desiredDocument,
  type DocumentInput,
  planRemovals,
} from "../../../../bundler/desired/desired-document.ts";
import type { DesiredDeployment } from "../../../../shared/protocol/desired-document.ts";

const deployment: DesiredDeployment = {
  bundle: "w/a",
  deploymentId: "1",
  content: "a".repeat(64),
  options: "b".repeat(64),
};
const cluster = {
  namespace: "w",
  name: "c",
  labels: { env: "dev" },
  annotations: {},
  templateValues: {},
  paused: false,
  generation: 1,
  clientId: undefined,
};
const input: DocumentInput = { epoch: "e", cluster, deployments: [deployment], remove: [] };

describe("documentTag", () => {
  const variants: [string, DocumentInput][] = [
    ["the epoch", { ...input, epoch: "f" }],
    ["a deployment", { ...input, deployments: [{ ...deployment, deploymentId: "2" }] }],
    ["a pause", { ...input, deployments: [{ ...deployment, paused: true }] }],
    ["a label", { ...input, cluster: { ...cluster, labels: { env: "prod" } } }],
    ["a template value", { ...input, cluster: { ...cluster, templateValues: { a: 1 } } }],
    ["a removal", { ...input, remove: [{ bundle: "w/b", reason: "not-targeted", because: "generation 1" }] }],
  ];
  it.each(variants)("is another when %s is another", (_what, other) => {
    expect(documentTag(other)).not.toBe(documentTag(input));
  });

  it("is the same for equal documents, whatever their revision and the clusters' generation", () => {
    const again = { ...input, cluster: { ...cluster, generation: 9 }, deployments: [{ ...deployment }] };
    expect(documentTag(again)).toBe(documentTag(input));
    expect(desiredDocument(input, 3).tag).toBe(desiredDocument(again, 4).tag);
  });
});

describe("planRemovals", () => {
  const about: Record<string, BundleKnowledge> = {
    "w/gone": { known: "removed", because: "commit 1" },
    "w/elsewhere": { known: "present" },
    "w/a": { known: "present" },
  };
  const plan = (holds: readonly string[]): unknown =>
    planRemovals(holds, [deployment], (bundle) => ({ ...(about[bundle] ?? { known: "never" }), generation: 4 }));

  it("names what is gone and what is not aimed at the cluster, with the cause, and nothing else", () => {
    expect(plan(["w/unknown", "w/gone", "w/a", "w/elsewhere", "x/other", ""])).toEqual([
      { bundle: "w/elsewhere", reason: "not-targeted", because: "generation 4" },
      { bundle: "w/gone", reason: "bundle-deleted", because: "commit 1" },
    ]);
  });

  it("names nothing that the agent does not hold", () => {
    expect(plan([])).toEqual([]);
  });
});
