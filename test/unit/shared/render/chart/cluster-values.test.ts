import { describe, expect, it } from "vitest";
import type { DeploymentOptions } from "../../../../../shared/api/deployment-options.ts";
import { type ClusterValues, mergeClusterValues } from "../../../../../shared/render/chart/merge-cluster-values.ts";
import { renderObjects } from "../../../../../shared/render/render-objects.ts";
import { anInput } from "../an-input.ts";
import { valuesReferences } from "../../../../../shared/render/chart/values-references.ts";

function source(text: string, kind: ClusterValues["kind"] = "Secret"): ClusterValues {
  return { kind, namespace: "shop", name: "db", key: "values.yaml", text };
}

describe("valuesReferences", () => {
  it.each<{ name: string; options: DeploymentOptions; namespaces: readonly string[] }>([
    { name: "the release's namespace", options: { namespace: "forced" }, namespaces: ["forced", "named"] },
    { name: "the default namespace", options: { defaultNamespace: "usual" }, namespaces: ["usual", "named"] },
    { name: "the fallback", options: {}, namespaces: ["default", "named"] },
    {
      name: "the release's namespace where the object is copied to",
      options: { defaultNamespace: "usual", downstreamResources: [{ kind: "SECRET", name: "b" }] },
      namespaces: ["usual", "usual"],
    },
    {
      name: "its own namespace where another kind of that name is copied",
      options: { downstreamResources: [{ kind: "ConfigMap", name: "b" }] },
      namespaces: ["default", "named"],
    },
  ])("looks in $name", ({ options, namespaces }) => {
    const valuesFrom = [{ secretKeyRef: { name: "a" } }, { secretKeyRef: { name: "b", namespace: "named" } }];
    const found = valuesReferences({ ...options, helm: { valuesFrom } });
    expect(found.map(({ namespace }) => namespace)).toEqual(namespaces);
  });

  it("takes the ConfigMap of an entry first, and values.yaml where no key is named", () => {
    const valuesFrom = [
      { secretKeyRef: { name: "s1", key: "k" }, configMapKeyRef: { name: "c1", key: "" } },
      { configMapKeyRef: { name: "c2" } },
    ];
    const found = valuesReferences({ helm: { valuesFrom } });
    expect(found.map(({ kind, name, key }) => `${kind} ${name} ${key}`)).toEqual([
      "ConfigMap c1 values.yaml",
      "Secret s1 k",
      "ConfigMap c2 values.yaml",
    ]);
  });
});

describe("mergeClusterValues", () => {
  it("merges maps, replaces everything else, and keeps null, later sources over earlier ones", () => {
    const options = { helm: { chart: "c", values: { a: { x: 1, y: 2 }, list: [1, 2], gone: 1, kept: "k" } } };
    const merged = mergeClusterValues(options, [
      source("a: {x: 3}\nlist: [9]\n", "ConfigMap"),
      source("a: {z: 4}\ngone: null\nnew: '${ .ClusterName }'\n"),
    ]);
    const values = { a: { x: 3, y: 2, z: 4 }, list: [9], gone: null, kept: "k", new: "${ .ClusterName }" };
    expect(merged).toEqual({ helm: { chart: "c", values } });
  });

  it("takes a key called __proto__ for a value like any other", () => {
    const { helm } = mergeClusterValues({}, [source('{"__proto__": {"polluted": true}}')]);
    expect(Object.hasOwn(helm?.values ?? {}, "__proto__")).toBe(true);
    expect({}).not.toHaveProperty("polluted");
  });

  it("takes empty text and null for no values", () => {
    expect(mergeClusterValues({}, [source(""), source("null"), source("# later\n")])).toEqual({ helm: { values: {} } });
  });

  it.each([
    { name: "a text", text: "hunter2", message: "holds no map of values" },
    { name: "a list", text: "[hunter2]", message: "holds no map of values" },
    { name: "broken YAML", text: "a: 1\nb: [hunter2", message: "is no YAML at line 2" },
  ])("refuses $name by place, without its text", ({ text, message }) => {
    const merge = () => mergeClusterValues({}, [source(text)]);
    expect(merge).toThrow(expect.objectContaining({ code: "VALUES_FROM_INVALID" }));
    expect(merge).toThrow(`Secret shop/db, key values.yaml: ${message}`);
    expect(merge).not.toThrow("hunter2");
  });
});

describe("a render without a cluster", () => {
  it("leaves out values of the cluster, and names each", () => {
    const files = {
      "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
      "templates/a.yaml":
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {color: '{{ .Values.color }}'}\n",
    };
    const helm = { values: { color: "blue" }, valuesFrom: [{ secretKeyRef: { name: "s", namespace: "shop" } }] };
    const input = anInput(files, { helm });
    const { objects, warnings } = renderObjects({ ...input, namespaces: "offline" });
    expect(objects).toMatchObject([{ data: { color: "blue" } }]);
    expect(warnings.map(({ message }) => message)).toEqual([
      "helm.valuesFrom is read in the cluster only: Secret shop/s, key values.yaml is left out",
    ]);
    expect(renderObjects(input).warnings).toEqual([]);
  });
});
