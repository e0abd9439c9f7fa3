import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { parseJson } from "../../../../codec/parse-json.ts";
import type { KubeObject } from "../../../../shared/api/meta.ts";
import { isKubeObject } from "../../../../shared/api/is-kube-object.ts";
import { assessHealth } from "../../../../shared/status/assess-health.ts";

/** Objects with what `status.Compute` of sigs.k8s.io/cli-utils v0.37.2 says of them. */
const verdictSchema = z.object({ name: z.string(), verdict: z.string(), object: z.custom<KubeObject>(isKubeObject) });
const verdicts = readFileSync(join(import.meta.dirname, "kstatus-verdicts.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => verdictSchema.parse(parseJson(line)));

/** Where we say something else than kstatus, and why. */
const deliberate: Readonly<Record<string, string>> = {
  "Deployment: still progressing, says its condition": "all replicas are new and available: the condition follows",
  "Deployment: paused in the middle": "a person stopped it, so that there is nothing to wait for",
  "StatefulSet: no partition, other revisions": "all replicas are updated; the API server always gives a partition",
  "DaemonSet: updates on delete": "a person decides when pods are new, as kstatus has it for StatefulSets",
  "Pod: failed": "its containers failed, which nobody would call ready",
  "Service: balanced, waiting for its address": "nobody can reach it before it has one",
  "Job: suspended": "a person stopped it",
  "Job: suspended, not told yet": "a person stopped it",
  "Job: its pods failed, none runs": "the next try is minutes away",
  "APIService: without endpoints": "its condition says that it does not work",
  "Thing: Available False": "its condition says that it does not work",
  "Thing: Failed True": "its condition says that it failed, as Fleet reads it",
};

describe("assessHealth beside kstatus", () => {
  it("says the same of objects of every built-in kind, besides where it is meant to differ", () => {
    const differing = verdicts.filter(({ verdict, object }) => assessHealth(object).ready !== (verdict === "Current"));
    expect(differing.map(({ name }) => name)).toEqual(Object.keys(deliberate));
  });

  it("was asked of each kind that kstatus has a rule for", () => {
    const kinds = new Set(verdicts.map(({ object }) => object.kind));
    const ruled = ["Service", "Pod", "PersistentVolumeClaim", "StatefulSet", "DaemonSet", "Deployment", "ReplicaSet"];
    const others = ["PodDisruptionBudget", "CronJob", "ConfigMap", "Job", "CustomResourceDefinition"];
    expect([...ruled, ...others].filter((kind) => !kinds.has(kind))).toEqual([]);
  });

  it.each(verdicts.filter(({ object }) => !assessHealth(object).ready))("gives a reason for $name", ({ object }) => {
    expect(assessHealth(object).message).toMatch(/\w+/u);
  });
});
