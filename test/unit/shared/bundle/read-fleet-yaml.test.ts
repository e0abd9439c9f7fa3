import { describe, expect, it } from "vitest";

import { readFleetYaml } from "../../../../shared/bundle/read-fleet-yaml.ts";
import type { BundleWarning } from "../../../../shared/bundle/warning.ts";
import { AppError } from "../../../../shared/errors.ts";

function warningsOf(text: string): readonly BundleWarning[] {
  return readFleetYaml(text, "app/fleet.yaml").warnings;
}

function faultOf(text: string): AppError {
  try {
    readFleetYaml(text, "app/fleet.yaml");
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("readFleetYaml", () => {
  it.each(["", "# only a comment\n", "{}", "---\n"])("reads %j as no options", (text) => {
    expect(readFleetYaml(text, "fleet.yaml")).toMatchObject({ options: {}, warnings: [] });
  });

  it.each([
    ["---\n\n---\nnamespace: b\n", undefined, 4],
    ["# a\n---\n# b\n---\nnamespace: b\n", undefined, 5],
    ["\n# a\n---\nnamespace: a\n--- # b\nnamespace: b\n", "a", 6],
    ["%YAML 1.1\n---\nnamespace: a\n", "a", undefined],
    ["namespace: a\n---\n# b\n", "a", undefined],
  ])("reads the first document only, also an empty one: %j", (text, namespace, line) => {
    const { options, warnings } = readFleetYaml(text, "fleet.yaml");
    expect(options.namespace).toBe(namespace);
    expect(warnings.map(({ code, position }) => [code, position.line])).toEqual(
      line === undefined ? [] : [["DOCUMENT_IGNORED", line]],
    );
  });

  it("reads keys without regard to case, but not those of values", () => {
    const { options, warnings } = readFleetYaml(
      "DefaultNamespace: a\nHELM: {VALUES: {Key: 1}, ValuesFiles: [x], repo: r}\n",
      "fleet.yaml",
    );
    expect(options).toEqual({ defaultNamespace: "a", helm: { values: { Key: 1 }, valuesFiles: ["x"], repo: "r" } });
    expect(warnings).toEqual([]);
  });

  it("reads YAML 1.1: words as booleans, also as keys, and octal numbers", () => {
    const { options } = readFleetYaml("keepResources: on\nhelm: {force: yes, values: {y: 0777}}\n", "fleet.yaml");
    expect(options).toEqual({ keepResources: true, helm: { force: true, values: { true: 511 } } });
  });

  it("takes numbers of helm values for floats, as charts get them, and keeps those of handlebars exact", () => {
    const values = "{big: 9007199254740993, list: [{big: 9007199254740993}], small: 1}";
    const { options } = readFleetYaml(`helm: {values: ${values}}\nhandlebars: {values: ${values}}\n`, "f");
    expect(options.helm?.values).toEqual({ big: 2 ** 53, list: [{ big: 2 ** 53 }], small: 1 });
    expect(options.handlebars?.values?.["big"]).toBe(9007199254740993n);
  });

  it("takes null for absent", () => {
    expect(
      readFleetYaml("helm:\nnamespace: ~\ntargetCustomizations:\n- clusterSelector: null\n  clusterName: x\n", "f")
        .options,
    ).toEqual({
      targetCustomizations: [{ clusterName: "x" }],
    });
  });

  it("takes text that is missing for empty, as Go does", () => {
    const { options } = readFleetYaml("overrideTargets: [{clusterSelector: {matchExpressions: [{key: a}]}}]", "f");
    expect(options.overrideTargets).toEqual([{ clusterSelector: { matchExpressions: [{ key: "a", operator: "" }] } }]);
  });

  it("turns numbers and booleans into text only where Fleet does", () => {
    const text =
      "targetCustomizations:\n- {name: 1, clusterName: 007, clusterSelector: {matchLabels: {rank: 1, ok: yes}}}\n";
    expect(readFleetYaml(text, "f").options.targetCustomizations).toEqual([
      { name: "1", clusterName: "7", clusterSelector: { matchLabels: { rank: "1", ok: "true" } } },
    ]);
  });

  it.each<[string, string, RegExp, number]>([
    ["a number as text", "a: 1\ndefaultNamespace: 123\n", /defaultNamespace must be text, not 123 \(quote it/u, 2],
    ["a number as label", "labels:\n  x: 1\n", /labels\.x must be text/u, 2],
    [
      "a number as text in a customization",
      "targetCustomizations:\n- helm:\n    version: 1.10\n",
      /version must be text/u,
      3,
    ],
    ["text as boolean", 'keepResources: "yes"\n', /keepResources must be true or false/u, 1],
    ["a fraction", "helm:\n\n  timeoutSeconds: 1.5\n", /must be a whole number/u, 3],
    ["text as map", "helm: x\n", /helm must be a map, not the text "x"/u, 1],
    ["a list as values", "helm:\n  values: [1]\n", /helm\.values must be a map, not a list/u, 2],
    ["a list as file", "- a\n", /the file must be a map/u, 1],
    ["bad syntax", "helm: {a: [\n", /fleet\.yaml:\d+:\d+/u, 2],
    [
      "dependsOn without a name",
      "dependsOn:\n- name: a\n- acceptedStates: [Ready]\n",
      /dependsOn\[1\] must specify/u,
      3,
    ],
    ["a bad interval", "imageScans:\n- interval: 15\n", /interval must be text/u, 2],
    ["a bad duration", "imageScans:\n- interval: 15x\n", /is no duration/u, 2],
    ["an unknown state", "dependsOn:\n- name: a\n  acceptedStates: [ready]\n", /"ready" is no state/u, 3],
  ])("refuses %s with file and line", (...[, text, message, line]) => {
    const fault = faultOf(text);
    expect(fault).toMatchObject({
      code: "FLEET_YAML_INVALID",
      verdict: "stalled",
      position: { file: "app/fleet.yaml" },
    });
    expect(fault.message).toMatch(message);
    expect(fault.message).toContain("app/fleet.yaml:");
    expect(fault.position?.line).toBe(line);
  });

  it("reports every wrong type of a file at once", () => {
    expect(faultOf("namespace: 1\nhelm: {force: x}\n").message).toMatch(
      /helm\.force.*namespace|namespace.*helm\.force/u,
    );
  });

  it.each<[string, string, string, RegExp, number]>([
    ["a misspelt key", "defaultNamesapce: x", "KEY_UNKNOWN", /did you mean "defaultNamespace"/u, 1],
    ["a key of the GitRepo", "\ntargetNamespace: x", "KEY_UNKNOWN", /in fleet\.yaml it is called "namespace"/u, 2],
    ["a key at the wrong level", "valuesFiles: [x]", "KEY_UNKNOWN", /it is known as "helm\.valuesFiles"/u, 1],
    [
      "labels without matchLabels",
      "targetCustomizations:\n- clusterSelector:\n    env: prod\n",
      "SELECTOR_MATCHES_ALL",
      /matchLabels/u,
      3,
    ],
    [
      "doNotDeploy in overrideTargets",
      "overrideTargets:\n- clusterName: a\n  doNotDeploy: true\n",
      "FIELD_WITHOUT_EFFECT",
      /do get the bundle/u,
      3,
    ],
    ["a second document", "namespace: a\n---\nnamespace: b\n", "DOCUMENT_IGNORED", /only the first/u, 3],
    ["a duplicate key", "namespace: a\nnamespace: b\n", "KEY_DUPLICATE", /second time/u, 2],
    ["a key in two letter cases", "Namespace: a\nnamespace: b\n", "KEY_DUPLICATE", /this one counts/u, 2],
    [
      "what follows the end of the document",
      "namespace: a\n...\nnamespace: b\n",
      "DOCUMENT_IGNORED",
      /only the first/u,
      3,
    ],
    ["a target without clusters", "targetCustomizations:\n- name: a\n", "CLUSTER_FIELD_MISSING", /matches nothing/u, 2],
    ["targets", "targets:\n- clusterName: a\n", "FIELD_WITHOUT_EFFECT", /overrideTargets/u, 1],
    ["valuesFiles without chart", "helm:\n  valuesFiles: [a]\n", "FIELD_WITHOUT_EFFECT", /only read when chart/u, 2],
    ["a shell's default", "helm:\n  values:\n    a: ${A:-b}\n", "TEMPLATE_SUSPECT", /`\$\{A:-b\}`/u, 3],
    [
      "a shell variable in templateValues",
      "helm: {templateValues: {\n  a: '${B}'}}\n",
      "TEMPLATE_SUSPECT",
      /\{B\}/u,
      2,
    ],
    ["a shell variable", "helm:\n  values:\n    a: ${HOME}\n", "TEMPLATE_SUSPECT", /disablePreProcess/u, 3],
    [
      "a shell variable in a customization",
      "targetCustomizations:\n- clusterName: a\n  helm:\n    values: {list: ['x ${pod_name}']}\n",
      "TEMPLATE_SUSPECT",
      /pod_name/u,
      4,
    ],
    ["helm.namespace", "helm:\n  namespace: x\n", "KEY_UNKNOWN", /"defaultNamespace" or "namespace" at the top/u, 2],
    ["doNotDeploy at the top", "doNotDeploy: true\n", "KEY_UNKNOWN", /the bundle is deployed/u, 1],
    [
      "labels in a target",
      "targetCustomizations:\n- clusterName: a\n  labels: {a: b}\n",
      "KEY_UNKNOWN",
      /clusterSelector\.matchLabels/u,
      3,
    ],
    ["a namespace beside another", "namespace: a\ndefaultNamespace: b\n", "FIELD_WITHOUT_EFFECT", /goes to.*"a"/u, 2],
    ["a scan of nothing", "imageScans:\n- {tagName: a}\n", "FIELD_WITHOUT_EFFECT", /names no image/u, 2],
    ["forceSyncGeneration", "forceSyncGeneration: 3\n", "FIELD_WITHOUT_EFFECT", /in the GitRepo only/u, 1],
    [
      "templateValues that are off",
      "helm:\n  disablePreProcess: true\n  templateValues: {a: b}\n",
      "FIELD_WITHOUT_EFFECT",
      /disablePreProcess/u,
      3,
    ],
    [
      "a field of a target that counts at the top only",
      "targetCustomizations:\n- clusterName: a\n  createNamespace: false\n",
      "FIELD_WITHOUT_EFFECT",
      /top level only/u,
      3,
    ],
    [
      "a helm field of a target that counts at the top only",
      "targetCustomizations:\n- clusterName: a\n  helm: {maxHistory: 3}\n",
      "FIELD_WITHOUT_EFFECT",
      /helm\.maxHistory counts at the top/u,
      3,
    ],
    [
      "a switch that a target cannot turn off",
      "helm: {atomic: true}\ntargetCustomizations:\n- clusterName: a\n  helm: {atomic: false}\n",
      "FIELD_WITHOUT_EFFECT",
      /cannot turn it off/u,
      4,
    ],
    [
      "namespace labels of a target",
      "targetCustomizations:\n- clusterName: a\n  namespaceLabels: {a: b}\n",
      "FIELD_FOR_ALL",
      /all clusters of the bundle/u,
      3,
    ],
    [
      "operations without the namespace",
      "diff:\n  comparePatches:\n  - {apiVersion: apps/v1, kind: Deployment, name: a, operations: [{op: remove, path: /spec}]}\n",
      "FIELD_WITHOUT_EFFECT",
      /Deployment's namespace/u,
      3,
    ],
    [
      "operations without a name",
      "diff: {comparePatches: [{apiVersion: v1, kind: Namespace, operations: [{op: remove, path: /spec}]}]}\n",
      "FIELD_WITHOUT_EFFECT",
      /the object's name/u,
      1,
    ],
    [
      "an ignored name that is no regular expression",
      "diff:\n  comparePatches:\n  - {apiVersion: v1, kind: Namespace, name: 'a(', operations: [{op: ignore}]}\n",
      "FIELD_WITHOUT_EFFECT",
      /broken one: missing closing \)/u,
      3,
    ],
    [
      "a compare patch that patches nothing",
      "diff: {comparePatches: [{apiVersion: v1, kind: Namespace, name: a}]}\n",
      "FIELD_WITHOUT_EFFECT",
      /neither jsonPointers nor operations nor fieldManagers/u,
      1,
    ],
    ["an unknown mode", "targetCustomizationMode: allmatches\n", "VALUE_UNKNOWN", /did you mean "AllMatches"/u, 1],
    ["an object", "apiVersion: v1\nkind: ConfigMap\n", "KEY_UNKNOWN", /never deployed/u, 2],
    [
      "a hidden customization",
      "targetCustomizations:\n- {name: a, clusterSelector: {}}\n- {name: b, clusterName: x}\n",
      "TARGET_SHADOWED",
      /never count/u,
      2,
    ],
  ])("warns of %s with file and line", (...[, text, code, message, line]) => {
    const warnings = warningsOf(text);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ code, position: { file: "app/fleet.yaml", line } });
    expect(warnings[0]?.message).toMatch(message);
  });

  it("does not even parse what follows the first document", () => {
    expect(readFleetYaml("namespace: a\n---\n[broken\n", "f").options).toEqual({ namespace: "a" });
  });

  it("leaves ${ } of templates and of switched-off processing alone", () => {
    expect(warningsOf("helm: {values: {a: '${ .ClusterLabels.x }'}}")).toEqual([]);
    expect(warningsOf("helm: {values: {a: '${ `${HOME}` } ${end}'}}")).toEqual([]);
    expect(
      warningsOf("helm: {values: {a: '${ .ClusterLabels.x }-${printf `%s:` .ClusterName}${now|date `x`}'}}"),
    ).toEqual([]);
    expect(warningsOf("helm: {disablePreProcess: true, values: {a: '${HOME}'}}")).toEqual([]);
  });
});
