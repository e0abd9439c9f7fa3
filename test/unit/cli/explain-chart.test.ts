import { afterAll, beforeAll, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { chartFiles } from "./explain-chart-files.ts";
import { createTempDir, type TempDir } from "../../support/temp-dir.ts";
import { writeFiles } from "../../support/write-files.ts";
import { twoClusters } from "./two-clusters.ts";

const files: Readonly<Record<string, string>> = {
  ...chartFiles,
  ...twoClusters,
};

let folder: TempDir;
beforeAll(async () => {
  folder = await createTempDir("explain-chart");
  await writeFiles(folder.path, files);
});
afterAll(async () => folder[Symbol.asyncDispose]());

async function explain(object: string, field: string, ...flags: readonly string[]) {
  const { context, output, errors } = createTestContext({ cwd: folder.path });
  const given = ["--repo", "repo", "--name", "config", "--targets-file", "targets.yaml", "--clusters", "clusters.yaml"];
  const code = await runCli(["explain", "config-web", object, field, ...given, ...flags], context);
  const rows = output()
    .split("\n")
    .slice(1, -1)
    .map((line) => line.trimEnd().split(/ {2,}/u).join(" | "));
  return { code, rows, output: output(), errors: errors() };
}

const container = "spec.template.spec.containers[0]";
const cases = [
  {
    name: "a field that a target customization sets, over the chart's default",
    field: "spec.replicas",
    rows: [
      "web/chart/values.yaml:1:1 | .Values.replicas: default of the chart | 1",
      "web/fleet.yaml:18:7 | .Values.replicas: customization prod | 3",
      "web/chart/templates/deployment.yaml:9:16 | template: {{.Values.replicas}} | 3",
    ],
  },
  {
    name: "the same where the customization does not count",
    field: "spec.replicas",
    cluster: "dev",
    rows: [
      "web/chart/values.yaml:1:1 | .Values.replicas: default of the chart | 1",
      "web/chart/templates/deployment.yaml:9:16 | template: {{.Values.replicas}} | 1",
    ],
  },
  {
    name: "text of the template",
    field: "kind",
    rows: ['web/chart/templates/deployment.yaml:3:7 | template: its text | "Deployment"'],
  },
  {
    name: "a name that a partial and a variable make",
    field: "metadata.name",
    rows: [
      'web/fleet.yaml:4:3 | .Release.Name: option of the bundle | "front"',
      'web/chart/Chart.yaml:2:1 | .Chart.Name | "web"',
      'web/chart/templates/deployment.yaml:1:5 | template: {{$name := include "web.name" .}}',
      'web/chart/templates/deployment.yaml:5:12 | template: {{$name}} | "front-web"',
    ],
  },
  {
    name: "a partial within a partial, indented",
    field: "metadata.labels.app",
    rows: [
      'web/fleet.yaml:4:3 | .Release.Name: option of the bundle | "front"',
      'web/chart/templates/_helpers.tpl:2:4 | template "web.name": {{.Release.Name}} | "front"',
      'web/chart/Chart.yaml:2:1 | .Chart.Name | "web"',
      'web/chart/templates/_helpers.tpl:2:24 | template "web.name": {{.Chart.Name}} | "web"',
      'web/chart/templates/_helpers.tpl:6:9 | template "web.labels": {{include "web.name" .}} | "front-web"',
      'web/chart/templates/deployment.yaml:7:9 | template: {{include "web.labels" . | nindent 4}} | "front-web"',
    ],
  },
  {
    name: "text of a partial",
    field: "metadata.labels.tier",
    rows: [
      'web/chart/templates/_helpers.tpl:8:7 | template "web.labels": its text | "front"',
      'web/chart/templates/deployment.yaml:7:9 | template: {{include "web.labels" . | nindent 4}} | "front"',
    ],
  },
  {
    name: "several values in one text",
    field: `${container}.image`,
    rows: [
      'web/fleet.yaml:11:7 | .Values.global.registry: option of the bundle | "registry.example"',
      'web/chart/templates/deployment.yaml:14:20 | template: {{.Values.global.registry}} | "registry.example"',
      'web/chart/values.yaml:3:3 | .Values.image.repository: default of the chart | "nginx"',
      'web/chart/templates/deployment.yaml:14:50 | template: {{.Values.image.repository}} | "nginx"',
      'web/chart/values.yaml:4:3 | .Values.image.tag: default of the chart | ""',
      'web/fleet.yaml:8:7 | .Values.image.tag: option of the bundle | "2.0"',
      'web/chart/templates/deployment.yaml:14:81 | template: {{.Values.image.tag | default .Chart.AppVersion}} | "registry.example/nginx:2.0"',
    ],
  },
  {
    name: "a map printed as YAML, to the values file",
    field: `${container}.resources.limits.cpu`,
    rows: [
      'web/common.yaml:5:5 | .Values.resources.limits.cpu: values file of the bundle | "250m"',
      'web/chart/templates/deployment.yaml:17:15 | template: {{toYaml . | nindent 10}} | "250m"',
    ],
  },
  {
    name: "a text that tpl runs, and the cluster's own value",
    field: `${container}.env[0].value`,
    rows: [
      'web/chart/values.yaml:6:1 | .Values.motd: default of the chart | "Welcome to {{ .Release.Name }} in {{ .Values.region }}"',
      'web/fleet.yaml:4:3 | .Release.Name: option of the bundle | "front"',
      '- | text run by tpl: {{.Release.Name}} | "front"',
      '- | text run by tpl: its text | "in"',
      'web/fleet.yaml:9:5 | .Values.region: option of the bundle | "${ .ClusterLabels.env }"',
      '- | .Values.region: template, evaluated for this cluster | "prod"',
      '- | text run by tpl: {{.Values.region}} | "prod"',
      'web/chart/templates/deployment.yaml:21:21 | template: {{tpl .Values.motd . | quote}} | "Welcome to front in prod"',
    ],
  },
  {
    name: "an element of a range",
    field: `${container}.env[2].value`,
    rows: [
      'web/chart/values.yaml:7:20 | .Values.hosts[1]: default of the chart | "b.example"',
      "web/chart/templates/deployment.yaml:22:19 | template: {{range $index, $host := .Values.hosts}}",
      'web/chart/templates/deployment.yaml:24:21 | template: {{$host}} | "b.example"',
    ],
  },
  {
    name: "a field of a range's element",
    field: `${container}.ports[1].containerPort`,
    rows: [
      "web/chart/values.yaml:10:12 | .Values.ports.https.port: default of the chart | 443",
      "web/chart/templates/deployment.yaml:29:29 | template: {{$port.port}} | 443",
    ],
  },
  {
    name: "a value of a subchart under its alias",
    object: "PersistentVolumeClaim/front-data",
    field: "spec.resources.requests.storage",
    rows: [
      'web/chart/charts/database/values.yaml:1:1 | .Values.db.size: default of the chart | "1Gi"',
      'web/chart/values.yaml:12:3 | .Values.db.size: default of the chart | "10Gi"',
      'web/chart/charts/database/templates/pvc.yaml:11:19 | template: {{.Values.size}} | "10Gi"',
    ],
  },
  {
    name: "a default of a subchart",
    object: "PersistentVolumeClaim/front-data",
    field: "metadata.annotations.engine",
    rows: [
      'web/chart/charts/database/values.yaml:2:1 | .Values.db.engine: default of the chart | "postgres"',
      'web/chart/charts/database/templates/pvc.yaml:6:16 | template: {{.Values.engine}} | "postgres"',
    ],
  },
  {
    name: "a global in a subchart",
    object: "PersistentVolumeClaim/front-data",
    field: "metadata.annotations.registry",
    rows: [
      'web/fleet.yaml:11:7 | .Values.global.registry: option of the bundle | "registry.example"',
      'web/chart/charts/database/templates/pvc.yaml:7:18 | template: {{.Values.global.registry}} | "registry.example"',
    ],
  },
  {
    name: "a namespace that is forced",
    field: "metadata.namespace",
    rows: ['web/fleet.yaml:15:3 | namespace: customization prod | "shop-prod"'],
  },
];

it.each(cases)("explains $name", async ({ object = "Deployment/front-web", field, cluster = "prod", rows }) => {
  expect((await explain(object, field, "--cluster", cluster)).rows).toEqual(rows);
});

it("tells of a map the lines that wrote it, and of many no values", async () => {
  const { rows } = await explain("Deployment/front-web", "spec.template", "--cluster", "prod");
  expect(rows.map((row) => row.split(" | ")[0]).filter((place) => !place?.includes("deployment.yaml"))).toEqual([
    "-",
    "-",
    "-",
  ]);
  expect(rows.at(-1)).toContain('"containerPort":443');
});

it("prints steps of templates as data", async () => {
  const { output } = await explain("Deployment/front-web", "spec.replicas", "--cluster", "prod", "-o", "json");
  expect(JSON.parse(output).at(-1)).toEqual({
    rule: "template: {{.Values.replicas}}",
    position: { file: "web/chart/templates/deployment.yaml", line: 9, column: 16 },
    value: 3,
  });
});

it("says what was perhaps meant by a field that is not there", async () => {
  const { code, errors } = await explain("Deployment/front-web", "metadata.label.app", "--cluster", "prod");
  expect(code).toBe(1);
  expect(errors).toContain("did you mean metadata.labels.app?");
});
