import { afterAll, beforeAll, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";
import { writeFiles } from "../../support/write-files.ts";

const files: Readonly<Record<string, string>> = {
  "repo/web/fleet.yaml": `handlebars:
  values:
    size: small
    ports: [80, 443]
targetCustomizations:
- name: prod
  clusterName: prod
  helm: { values: { size: large } }
  yaml: { overlays: [big] }
`,
  "repo/web/app.yaml.hbs": `kind: ConfigMap
apiVersion: v1
metadata:
  name: app
data:
  fixed: text
  size: "{{Values.size}}"
  env: {{Cluster.Labels.env}}
{{#each Values.ports}}
  port-{{this}}: "{{this}}"
{{/each}}
  last: end
`,
  "repo/web/overlays/big/app_patch.yaml": "data:\n  fixed: changed\n",
  "repo/web/templates/cm.yaml":
    "kind: ConfigMap\napiVersion: v1\nmetadata: { name: made }\ndata: { size: {{ .Values.size }} }\n",
  "targets.yaml": "targets: [{ clusterSelector: {} }]\ntargetRestrictions: [{ clusterSelector: {} }]\n",
  "clusters.yaml":
    "kind: Cluster\napiVersion: fleet.cattle.io/v1alpha1\nmetadata: { name: prod, labels: { env: live } }\nspec: {}\n",
};

let folder: TempDir;
beforeAll(async () => {
  folder = await createTempDir("explain-handlebars");
  await writeFiles(folder.path, files);
});
afterAll(async () => folder[Symbol.asyncDispose]());

const cases = [
  {
    name: "an expression, and where its value was set",
    field: "data.size",
    rows: [
      'web/fleet.yaml:3:5 | Values.size: option of the bundle | "small"',
      'web/fleet.yaml:8:21 | Values.size: customization prod | "large"',
      'web/app.yaml.hbs:7:10 | manifest, template {{Values.size}} | "large"',
    ],
  },
  {
    name: "a label of the cluster",
    field: "data.env",
    rows: [
      '- | Cluster.Labels.env: of the cluster | "live"',
      'web/app.yaml.hbs:8:8 | manifest, template {{Cluster.Labels.env}} | "live"',
    ],
  },
  {
    name: "an element of a loop",
    field: "data.port-443",
    rows: ['web/app.yaml.hbs:10:19 | manifest, template {{this}} | "443"'],
  },
  {
    name: "text after blocks, whose lines are not printed",
    field: "data.last",
    rows: ['web/app.yaml.hbs:12:9 | manifest, text of the template | "end"'],
  },
  {
    name: "an overlay over what a template printed",
    field: "data.fixed",
    rows: [
      'web/app.yaml.hbs:6:10 | manifest, text of the template | "text"',
      'web/overlays/big/app_patch.yaml:2:3 | overlay big | "changed"',
    ],
  },
  {
    name: "a template of Helm's in a bundle without a chart",
    object: "ConfigMap/made",
    field: "data.size",
    rows: [
      'web/fleet.yaml:8:21 | .Values.size: customization prod | "large"',
      'web/templates/cm.yaml:4:18 | template: {{.Values.size}} | "large"',
    ],
  },
];

it.each(cases)("explains $name", async ({ object = "ConfigMap/app", field, rows }) => {
  const { context, output } = createTestContext({ cwd: folder.path });
  const given = ["--repo", "repo", "--name", "config", "--targets-file", "targets.yaml", "--clusters", "clusters.yaml"];
  await runCli(["explain", "config-web", object, field, ...given, "--cluster", "prod"], context);
  const lines = output().split("\n").slice(1, -1);
  expect(lines.map((line) => line.trimEnd().split(/ {2,}/u).join(" | "))).toEqual(rows);
});
