import { describe, expect, it } from "vitest";
import { AppError } from "../../../../shared/errors.ts";
import { renderObjects } from "../../../../shared/render/render-objects.ts";
import { anInput, manifest } from "./an-input.ts";

function hook(event: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: ${event}, annotations: {helm.sh/hook: ${event}}}\n`;
}

describe("renderObjects", () => {
  it("renders plain YAML in install order, each object in its namespace", () => {
    const { objects } = renderObjects(
      anInput(
        {
          "b/deploy.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n",
          "a.yaml": `${manifest("ConfigMap", "one")}---\n${manifest("ConfigMap", "two", "data: {a: b}\n")}`,
          "ns.yml": manifest("Namespace", "space"),
          "role.json": '{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"r"}}',
          "README.md": "kind: ConfigMap",
        },
        { defaultNamespace: "web" },
      ),
    );
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? "-"}/${metadata.name}`)).toEqual([
      "Namespace -/space",
      "ConfigMap web/one",
      "ConfigMap web/two",
      "ClusterRole -/r",
      "Deployment web/web",
    ]);
  });

  it("leaves out a whole file for a document without kind, and says so", () => {
    const { objects, warnings } = renderObjects(
      anInput({
        "a.yaml": `${manifest("ConfigMap", "lost")}---\nsettings: 1\n`,
        "b.yaml": manifest("ConfigMap", "kept"),
      }),
    );
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(["kept"]);
    expect(warnings).toMatchObject([{ code: "MANIFEST_IGNORED", position: { file: "a.yaml", line: 5, column: 1 } }]);
  });

  it("reports every bad file, with file, line and column", () => {
    const input = anInput({
      "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n   b: c\n",
      "b.json": '{"kind": 1,}',
      "c.yaml": manifest("ConfigMap", "fine"),
      "d.yaml": "- a\n",
    });
    const fault = faultOf(() => renderObjects(input));
    expect(fault.code).toBe("MANIFEST_INVALID");
    expect(fault.errors.map(({ position }) => position)).toEqual([
      { file: "a.yaml", line: 5, column: 5 },
      { file: "b.json", line: 1, column: 12 },
      { file: "d.yaml", line: 1, column: 1 },
    ]);
    expect(fault.position).toEqual({ file: "a.yaml", line: 5, column: 5 });
  });

  it("keeps integers of 64 bits exact and makes larger ones floats", () => {
    const { objects } = renderObjects(
      anInput({
        "a.yaml": manifest(
          "Tea",
          "t",
          "spec: {a: 9223372036854775807, b: 18446744073709551615, c: 9007199254740993}\n",
        ),
      }),
    );
    expect(objects[0]?.["spec"]).toEqual({ a: 9223372036854775807n, b: 18446744073709552000, c: 9007199254740993n });
  });

  it("marks definitions to be kept unless deleteCRDResources says otherwise", () => {
    const files = {
      "crd.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n",
    };
    expect(renderObjects(anInput(files)).objects[0]?.metadata.annotations).toEqual({
      "helm.sh/resource-policy": "keep",
    });
    expect(
      renderObjects(anInput(files, { deleteCRDResources: true })).objects[0]?.metadata.annotations,
    ).toBeUndefined();
  });

  it("renders objects that the bundler made, without looking for fleet.yaml or overlays", () => {
    const content = {
      source: "objects",
      resources: [{ name: "objects.yaml", content: manifest("Secret", "s") }],
    } as const;
    const { objects } = renderObjects(anInput({}, { kustomize: { dir: "k" }, namespace: "forced" }, { content }));
    expect(objects).toEqual([{ apiVersion: "v1", kind: "Secret", metadata: { name: "s", namespace: "forced" } }]);
  });

  it("places what is in a list in a list, but not offline, where Fleet places the list", () => {
    const inner = "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: deep}}]}";
    const files = { "a.yaml": `apiVersion: v1\nkind: List\nitems: [${inner}]\n` };
    const place = (namespaces: "cluster" | "offline") =>
      renderObjects(anInput(files, { namespace: "x" }, { namespaces })).objects.map(({ metadata }) => metadata);
    expect(place("cluster")).toEqual([{ name: "deep", namespace: "x" }]);
    expect(place("offline")).toEqual([{ name: "deep" }]);
  });

  it("refuses cluster-scoped objects where namespace is set, and prints them as Fleet does offline", () => {
    const files = { "a.yaml": manifest("Namespace", "space"), "b.yaml": manifest("ConfigMap", "c") };
    expect(faultOf(() => renderObjects(anInput(files, { namespace: "x" }))).code).toBe("NAMESPACE_FORBIDS_CLUSTER");
    const { objects } = renderObjects(anInput(files, { namespace: "x" }, { namespaces: "offline" }));
    expect(objects.map(({ metadata }) => metadata.namespace)).toEqual(["x", "x"]);
    const unplaced = renderObjects(anInput(files, { defaultNamespace: "x" }, { namespaces: "offline" })).objects;
    expect(unplaced.map(({ metadata }) => metadata.namespace)).toEqual([undefined, undefined]);
  });

  it("renders a chart, also templates without one, and takes no directory that nothing names", () => {
    const chart = {
      "chart/Chart.yaml": "name: c\nversion: 1.0.0\n",
      "chart/templates/a.yaml": manifest("ConfigMap", "{{ .Release.Name }}", 'data: {x: "{{ .Values.x }}"}\n'),
    };
    const options = { helm: { chart: "./chart/", values: { x: 3 } } };
    expect(renderObjects(anInput(chart, options)).objects).toMatchObject([
      { metadata: { name: "demo", namespace: "default" }, data: { x: "3" } },
    ]);
    const bare = { "templates/a.yaml": manifest("ConfigMap", "{{ .Chart.Name }}"), "b.yaml": manifest("Secret", "b") };
    expect(renderObjects(anInput(bare)).objects.map(({ metadata }) => metadata.name)).toEqual(["b", "demo"]);
    expect(renderObjects(anInput(chart)).objects).toEqual([]);
  });

  it("tells hooks apart, leaves tests out, and brings definitions along unmoved", () => {
    const definition =
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: teas.x}\n";
    const files = {
      "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
      "crds/tea.yaml": definition,
      "templates/h.yaml": `${hook("pre-install")}---\n${hook("test")}`,
      "templates/a.yaml": manifest("ConfigMap", "a"),
    };
    const { objects, hooks, warnings } = renderObjects(anInput(files, { namespace: "x" }));
    expect(objects.map(({ metadata }) => [metadata.name, metadata.namespace])).toEqual([
      ["a", "x"],
      ["teas.x", undefined],
    ]);
    expect(hooks).toMatchObject([
      { object: { metadata: { name: "pre-install", namespace: "x" } }, events: ["pre-install"] },
    ]);
    expect(warnings).toEqual([]);
    const offline = renderObjects(anInput(files, {}, { namespaces: "offline" })).objects;
    expect(offline.map(({ metadata }) => metadata.name)).toEqual(["a", "pre-install", "test"]);
  });

  it("takes hooks in plain YAML for hooks too, as Fleet does, and prints them last offline", () => {
    const files = { "a.yaml": `${hook("post-delete")}---\n${hook("sometimes")}`, "b.yaml": manifest("Secret", "b") };
    const { objects, hooks, warnings } = renderObjects(anInput(files));
    expect(objects.map(({ metadata }) => metadata.name)).toEqual(["b"]);
    expect(hooks).toMatchObject([{ object: { metadata: { name: "post-delete", namespace: "default" } } }]);
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining("Pod sometimes is a hook for")]);
    const offline = renderObjects(anInput(files, {}, { namespaces: "offline" })).objects;
    expect(offline.map(({ metadata }) => metadata.name)).toEqual(["b", "post-delete"]);
  });

  it("tells charts of the deployments before, and is a first install otherwise", () => {
    const files = {
      "templates/a.yaml": manifest(
        "ConfigMap",
        "r{{ .Release.Revision }}-{{ .Release.IsUpgrade }}-{{ .Release.IsInstall }}",
      ),
    };
    const nameOf = (release: { readonly release?: { revision: number; isUpgrade: boolean } }) =>
      renderObjects(anInput(files, {}, release)).objects[0]?.metadata.name;
    expect(nameOf({})).toBe("r1-false-true");
    expect(nameOf({ release: { revision: 3, isUpgrade: true } })).toBe("r3-true-false");
  });

  it("gives the same password again to who hands the tape back, and another one to who does not", () => {
    const files = { "templates/a.yaml": manifest("Secret", "a", 'data: {p: "{{ randAlphaNum 20 }}"}\n') };
    const first = renderObjects(anInput(files));
    expect(first.random).toHaveLength(1);
    expect(renderObjects(anInput(files, {}, { random: first.random ?? [] })).objects).toEqual(first.objects);
    expect(renderObjects(anInput(files)).objects).not.toEqual(first.objects);
  });

  it("names the bundle and Helm's words when a chart fails", () => {
    const fault = faultOf(() => renderObjects(anInput({ "templates/a.yaml": 'a: {{ fail "no luck" }}' })));
    expect([fault.code, fault.message]).toEqual([
      "CHART_FAILED",
      "bundle fleet-default/demo: execution error at (demo/templates/a.yaml:1:6): no luck",
    ]);
  });

  it("refuses a kustomization that nobody rendered", () => {
    const fault = faultOf(() => renderObjects(anInput({ "k/kustomization.yaml": "" }, { kustomize: { dir: "k/" } })));
    expect(fault.code).toBe("KUSTOMIZE_NOT_RENDERED");
  });

  it("refuses a manifest that is no text", () => {
    const content = { source: "files", resources: [{ name: "a.yaml", content: "/w==", encoding: "base64" }] } as const;
    const fault = faultOf(() => renderObjects(anInput({}, {}, { content })));
    expect([fault.code, fault.position]).toEqual(["MANIFEST_INVALID", { file: "a.yaml", line: 1, column: 1 }]);
  });

  it("adds Fleet's marks when asked, but not to objects in lists within lists", () => {
    const inner = `{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: deep}}]}`;
    const list = `apiVersion: v1\nkind: List\nitems:\n- ${inner}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: flat}}\n`;
    const { objects } = renderObjects(anInput({ "a.yaml": list }, {}, { fleetMarks: true, namespaces: "offline" }));
    const marks = { "objectset.rio.cattle.io/hash": "ba19d221ef8ceff159f05041693fd9b9a05bc48e" };
    expect(objects.map(({ metadata }) => [metadata.name, metadata.labels])).toEqual([
      ["deep", undefined],
      ["flat", marks],
    ]);
  });
});

function faultOf(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
