import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { findOrBuildBinary } from "../../kube/binaries.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";
import { writeFiles } from "../../support/write-files.ts";

const kustomize = await findOrBuildBinary("kustomize");
const isThere = partIsThere("kustomize", kustomize === undefined ? "not found" : undefined);

const files: Readonly<Record<string, string>> = {
  "repo/plain/fleet.yaml": "defaultNamespace: shop\n",
  "repo/plain/kustomization.yaml": `namePrefix: prod-
namespace: forced
commonLabels:
  team: shop
resources: [base]
patches:
- path: scale.yaml
- target: { kind: Dep.*, name: app }
  patch: |-
    - op: replace
      path: /spec/template/spec/containers/0/env/0/value
      value: loud
images:
- name: nginx
  newTag: "1.27"
configMapGenerator:
- name: settings
  literals:
  - color=red
  files:
  - motd.txt
`,
  "repo/plain/motd.txt": "hello\n",
  "repo/plain/scale.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
spec:
  replicas: 5
  template:
    spec:
      containers:
      - name: app
        tty: true
`,
  "repo/plain/base/kustomization.yaml": "resources: [app.yaml]\n",
  "repo/plain/base/app.yaml": `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
spec:
  replicas: 1
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec:
      containers:
      - name: app
        image: nginx:1.0
        env:
        - name: MODE
          value: quiet
        envFrom:
        - configMapRef: { name: settings }
`,
  "repo/over/fleet.yaml": "helm: { chart: chart, values: { size: 3 } }\nkustomize: { dir: over }\n",
  "repo/over/chart/Chart.yaml": "apiVersion: v2\nname: over\nversion: 1.0.0\n",
  "repo/over/chart/templates/cm.yaml":
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: over }\ndata:\n  size: "{{ .Values.size }}"\n  color: red\n',
  "repo/over/over/kustomization.yaml": "nameSuffix: -x\npatches: [{ path: blue.yaml }]\n",
  "repo/over/over/blue.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: over }\ndata:\n  color: blue\n",
  "targets.yaml": "targets: [{ clusterSelector: {} }]\ntargetRestrictions: [{ clusterSelector: {} }]\n",
  "clusters.yaml": "kind: Cluster\napiVersion: fleet.cattle.io/v1alpha1\nmetadata: { name: dev }\nspec: {}\n",
};

let folder: TempDir;
beforeAll(async () => {
  folder = await createTempDir("explain-kustomize");
  await writeFiles(folder.path, files);
});
afterAll(async () => folder[Symbol.asyncDispose]());

async function explain(...words: readonly string[]) {
  const env = { PATH: dirname(kustomize ?? "") };
  const { context, output, errors } = createTestContext({ cwd: folder.path, env });
  const given = ["--repo", "repo", "--name", "config", "--targets-file", "targets.yaml", "--clusters", "clusters.yaml"];
  await runCli(["explain", ...words, ...given, "--cluster", "dev"], context);
  const rows = output()
    .split("\n")
    .slice(1, -1)
    .map((line) => line.trimEnd().split(/ {2,}/u).join(" | "));
  return { rows, errors: errors() };
}

const container = "spec.template.spec.containers[0]";
const cases = [
  {
    name: "a patch over a manifest of a base",
    field: "spec.replicas",
    rows: ["plain/base/app.yaml:6:3 | manifest | 1", "plain/scale.yaml:6:3 | patch | 5"],
  },
  {
    name: "a patch of a container, found by its name",
    field: `${container}.tty`,
    rows: ["plain/scale.yaml:11:9 | patch | true"],
  },
  {
    name: "a JSON patch within the kustomization, by its target's pattern",
    field: `${container}.env[0].value`,
    rows: ['plain/base/app.yaml:16:11 | manifest | "quiet"', 'plain/kustomization.yaml:10 | JSON patch | "loud"'],
  },
  {
    name: "an image",
    field: `${container}.image`,
    rows: [
      'plain/base/app.yaml:13:9 | manifest | "nginx:1.0"',
      'plain/kustomization.yaml:14:3 | images of the kustomization | "nginx:1.27"',
    ],
  },
  {
    name: "a prefix, and no patch for what names its target",
    field: "metadata.name",
    rows: ['plain/base/app.yaml:4:3 | manifest | "app"', 'plain/kustomization.yaml:1:1 | prefix prod- | "prod-app"'],
  },
  {
    name: "a label for all",
    field: "metadata.labels.team",
    rows: ['plain/kustomization.yaml:4:3 | commonLabels of the kustomization | "shop"'],
  },
  {
    name: "the namespace",
    field: "metadata.namespace",
    rows: ['plain/kustomization.yaml:2:1 | namespace of the kustomization | "forced"'],
  },
];

describe.runIf(isThere)("drover explain of what kustomize made", () => {
  it.each(cases)("names $name", async ({ field, rows }) => {
    expect((await explain("config-plain", "Deployment/prod-app", field)).rows).toEqual(rows);
  });

  it("names literals and files of generated objects, whose names end with a hash", async () => {
    const { errors } = await explain("config-plain", "ConfigMap/none", "data.color");
    const [, name = ""] = /ConfigMap\/(prod-settings-\w+)/u.exec(errors) ?? [];
    expect((await explain("config-plain", `ConfigMap/${name}`, "data.color")).rows).toEqual([
      'plain/kustomization.yaml:19:5 | configMapGenerator, literals | "red"',
    ]);
    expect((await explain("config-plain", `ConfigMap/${name}`, 'data["motd.txt"]')).rows).toEqual([
      String.raw`plain/motd.txt | configMapGenerator, file | "hello\n"`,
    ]);
  });

  it("says where it cannot be told", async () => {
    const { rows } = await explain("config-plain", "Deployment/prod-app", `${container}.envFrom[0].configMapRef.name`);
    expect(rows.at(-1)).toMatch(/^plain\/kustomization.yaml \| kustomization \.: which of its files cannot be told/u);
  });

  it("goes on from the chart's template where a kustomization lies over a chart", async () => {
    expect((await explain("config-over", "ConfigMap/over-x", "data.color")).rows).toEqual([
      'over/chart/templates/cm.yaml:6:10 | template: its text | "red"',
      'over/over/blue.yaml:5:3 | patch | "blue"',
    ]);
    expect((await explain("config-over", "ConfigMap/over-x", "data.size")).rows).toEqual([
      "over/fleet.yaml:1:33 | .Values.size: option of the bundle | 3",
      'over/chart/templates/cm.yaml:5:13 | template: {{.Values.size}} | "3"',
    ]);
  });
});
