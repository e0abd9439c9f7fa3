import { describe, expect, it } from "vitest";

import type { JsonObject } from "../../../../codec/json-value.ts";
import type { HelmOptions } from "../../../../shared/api/deployment-options.ts";
import type { ClusterFacts } from "../../../../shared/protocol/desired-document.ts";
import { templateValues } from "../../../../shared/targeting/template-values.ts";

function someFacts(bend: Partial<ClusterFacts> = {}): ClusterFacts {
  return {
    name: "ams",
    namespace: "fleet-default",
    labels: { env: "prod", "a.b/c": "dotted", "fleet.cattle.io/x": "own", "other.cattle.io/y": "hidden" },
    annotations: { note: "hi", "field.cattle.io/z": "hidden" },
    templateValues: { size: 3, list: ["a", "b"] },
    ...bend,
  };
}

function evaluate(helm: HelmOptions, facts: ClusterFacts = someFacts()): JsonObject | undefined {
  return templateValues({ helm }, facts).helm?.values;
}

function valueOf(template: string): unknown {
  return evaluate({ values: { v: template } })?.["v"];
}

describe("templateValues", () => {
  it.each<[string, unknown]>([
    ["${ .ClusterLabels.env }", "prod"],
    ["${ .ClusterName }/${ .ClusterNamespace }", "ams/fleet-default"],
    ["${ .ClusterAnnotations.note }", "hi"],
    ["${ .ClusterValues.size }", 3],
    ['${ index .ClusterLabels "a.b/c" }', "dotted"],
    ['${ get .ClusterLabels "fleet.cattle.io/x" }', "own"],
    ['${ hasKey .ClusterLabels "other.cattle.io/y" }', false],
    ['${ get .ClusterLabels "gone" | default "none" }', "none"],
    ["${ .ClusterLabels.env | upper | quote }", "PROD"],
    ["${ .ClusterValues.list | toJson }", ["a", "b"]],
    ["${ `${HOME}` }", "${HOME}"],
    ['${ "${PATH}" }', "${PATH}"],
    ["{{ .Values.x }}", "{{ .Values.x }}"],
    ["plain", "plain"],
  ])("evaluates %s to %j", (template, expected) => {
    expect(valueOf(template)).toEqual(expected);
  });

  it("templates keys, maps and lists too", () => {
    const values = { "k-${ .ClusterLabels.env }": [{ deep: "${ .ClusterName }" }, "${ .ClusterName }"] };
    expect(evaluate({ values })).toEqual({ "k-prod": [{ deep: "ams" }, "ams"] });
  });

  it("lets templateValues replace keys at the top", () => {
    const templates = { hosts: '${ range $k, $v := .ClusterLabels }${ if eq $k "env" }- ${ $v }\n${ end }${ end }' };
    expect(evaluate({ values: { hosts: ["old"], kept: 1 }, templateValues: templates })).toEqual({
      hosts: ["prod"],
      kept: 1,
    });
  });

  it("replaces the label shortcut in maps, also with processing switched off, not in bare list items", () => {
    const values = {
      a: "global.fleet.clusterLabels.env",
      gone: "global.fleet.clusterLabels.none",
      list: [{ b: "global.fleet.clusterLabels.env" }, "global.fleet.clusterLabels.env"],
      kept: "${ .ClusterName }",
    };
    expect(evaluate({ values, disablePreProcess: true, templateValues: { x: "1" } })).toEqual({
      a: "prod",
      gone: "",
      list: [{ b: "prod" }, "global.fleet.clusterLabels.env"],
      kept: "${ .ClusterName }",
    });
  });

  it("leaves everything as it is for a cluster without labels", () => {
    const helm = { values: { a: "${ .ClusterName }" }, templateValues: { x: "1" } };
    expect(templateValues({ helm }, someFacts({ labels: { "x.cattle.io/y": "1" } }))).toEqual({ helm });
  });

  it("says which key of which cluster failed, and how to switch templates off", () => {
    const values = { first: "x", app: { host: "${ .ClusterLabels.gone }.example.org" } };
    expect(() => evaluate({ values })).toThrow(
      expect.objectContaining({
        code: "VALUES_TEMPLATE_FAILED",
        verdict: "stalled",
        details: { cluster: "fleet-default/ams", key: "helm.values.app.host" },
      }),
    );
    expect(() => evaluate({ values })).toThrow(/map has no entry for key "gone".*disablePreProcess/u);
  });

  it.each([
    ["a template that cannot be parsed", { values: { a: "${ if }" } }],
    ["a function that looks outside", { values: { a: '${ env "HOME" }' } }],
    ["Helm's own functions", { values: { a: '${ include "x" . }' } }],
    ["a result that is no YAML", { values: { a: '${ print "x:" " [" }' } }],
    ["a templateValues entry", { templateValues: { a: "${ .Gone.x }" } }],
    ["values nested too deep", { values: nested(60) }],
  ] satisfies [string, HelmOptions][])("refuses %s", (_, helm) => {
    expect(() => evaluate(helm)).toThrow(expect.objectContaining({ code: "VALUES_TEMPLATE_FAILED" }));
  });
});

function nested(depth: number): JsonObject {
  return depth === 0 ? { end: true } : { down: nested(depth - 1) };
}
