import { goodChartfile as good } from "../write-chart.ts";

/** A chart and the flags it is linted with. */
export interface LintCase {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

const template = (text: string): Readonly<Record<string, string>> => ({
  "values.yaml": "a: 1\n",
  "templates/a.yaml": text,
});
const named = (kind: string, name: string): Readonly<Record<string, string>> =>
  template(`apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${JSON.stringify(name)}}\nspec: {matchLabels: {}}\n`);
const schema = JSON.stringify({ properties: { port: { type: "integer", minimum: 1 } }, required: ["port"] });

/** Charts with something wrong in Chart.yaml. */
export const chartfileCases: readonly LintCase[] = [
  { name: "nothing but a Chart.yaml", files: {} },
  { name: "no Chart.yaml", files: { "Chart.yaml": "", "x.txt": "x" } },
  { name: "a Chart.yaml that is a directory", files: { "Chart.yaml": "", "Chart.yaml/x": "x" } },
  { name: "a Chart.yaml that is a list", files: { "Chart.yaml": "- a\n" } },
  { name: "an empty Chart.yaml", files: { "Chart.yaml": "# nothing\n" } },
  { name: "an unknown field", files: { "Chart.yaml": `${good}zed: 1\nengine: gotpl\n` } },
  { name: "an unknown field of a maintainer", files: { "Chart.yaml": `${good}maintainers: [{name: a, mail: b}]\n` } },
  { name: "keys given twice", files: { "Chart.yaml": `${good}name: d\nversion: 2.0.0\n` } },
  { name: "fields in another case", files: { "Chart.yaml": `${good}Description: d\n` } },
  { name: "no name", files: { "Chart.yaml": "apiVersion: v2\nversion: 1.0.0\n" } },
  { name: "a name with a slash", files: { "Chart.yaml": "apiVersion: v2\nname: a/b\nversion: 1.0.0\n" } },
  { name: "an apiVersion that is none", files: { "Chart.yaml": "apiVersion: v7\nname: c\nversion: 1.0.0\n" } },
  { name: "no version", files: { "Chart.yaml": "apiVersion: v2\nname: c\n" } },
  { name: "a version that is none", files: { "Chart.yaml": "apiVersion: v2\nname: c\nversion: one\n" } },
  { name: "a number as version", files: { "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.5\nappVersion: 2\n" } },
  { name: "no value as appVersion", files: { "Chart.yaml": `${good}appVersion:\n` } },
  { name: "the lowest version", files: { "Chart.yaml": "apiVersion: v2\nname: c\nversion: v0.0.0-0\n" } },
  { name: "a version with a leading v", files: { "Chart.yaml": "apiVersion: v2\nname: c\nversion: v1.0.0\n" } },
  {
    name: "a pre-release with a leading zero",
    files: { "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0-01\n" },
  },
  { name: "an empty maintainer", files: { "Chart.yaml": `${good}maintainers: [null]\n` } },
  { name: "a maintainer without a name", files: { "Chart.yaml": `${good}maintainers: [{email: a@b.cc}]\n` } },
  { name: "an e-mail address that is none", files: { "Chart.yaml": `${good}maintainers: [{name: a, email: a@b}]\n` } },
  {
    name: "an odd e-mail address",
    files: { "Chart.yaml": `${good}maintainers: [{name: a, email: "a.b+c@d-e.fg"}]\n` },
  },
  { name: "a URL that is none", files: { "Chart.yaml": `${good}maintainers: [{name: a, url: "http//x y"}]\n` } },
  {
    name: "a URL without a scheme",
    files: { "Chart.yaml": `${good}maintainers: [{name: a, url: "x.example:80/p"}]\n` },
  },
  { name: "a word as URL", files: { "Chart.yaml": `${good}maintainers: [{name: a, url: "word"}]\n` } },
  { name: "a source without a scheme", files: { "Chart.yaml": `${good}sources: [a.example/b]\n` } },
  { name: "an empty source", files: { "Chart.yaml": `${good}sources: [""]\n` } },
  { name: "a source that mails", files: { "Chart.yaml": `${good}sources: ["mailto:a@b.cc", "git@x:y"]\n` } },
  { name: "no icon", files: { "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n" } },
  { name: "an icon that is a path", files: { "Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\nicon: i.png\n" } },
  {
    name: "a v1 chart with a type and dependencies",
    files: {
      "Chart.yaml": 'apiVersion: v1\nname: c\nversion: 1.0.0\ntype: library\ndependencies: [{name: a, version: "1"}]\n',
    },
  },
  { name: "a type that is none", files: { "Chart.yaml": `${good}type: other\n`, ...template("kind: A\n") } },
];

/** Charts with something wrong in values, dependencies or crds/. */
export const contentCases: readonly LintCase[] = [
  { name: "values that are a list", files: { "values.yaml": "- a\n", "templates/a.yaml": "" } },
  { name: "values that a schema refuses", files: { "values.yaml": "port: 0\n", "values.schema.json": schema } },
  {
    name: "values that a flag mends",
    files: { "values.yaml": "x: 1\n", "values.schema.json": schema },
    flags: ["--set", "port=8"],
  },
  {
    name: "values that a flag breaks",
    files: { "values.yaml": "port: 1\n", "values.schema.json": schema },
    flags: ["--set-string", "port=8"],
  },
  {
    name: "a schema that is skipped",
    files: { "values.yaml": "port: 0\n", "values.schema.json": schema },
    flags: ["--skip-schema-validation"],
  },
  {
    name: "values that a schema refuses, with templates",
    files: { "values.yaml": "port: 0\n", "values.schema.json": schema, "templates/a.yaml": "kind: A\n" },
  },
  { name: "values in no file", files: {}, flags: ["-f", "nowhere.yaml"] },
  { name: "a --set that is none", files: {}, flags: ["--set", "a"] },
  {
    name: "a missing dependency",
    files: { "Chart.yaml": `${good}dependencies: [{name: a, version: "1"}, {name: b}]\n` },
  },
  { name: "a subchart that nobody declared", files: { "charts/s/Chart.yaml": good.replace("name: c", "name: s") } },
  { name: "a dependency twice", files: { "Chart.yaml": `${good}dependencies: [{name: a}, {name: a}]\n` } },
  { name: "a subchart that cannot be read", files: { "charts/s/Chart.yaml": "name: s\n" } },
  {
    name: "subcharts linted too",
    files: { "charts/s/Chart.yaml": "apiVersion: v1\nname: s\nversion: 1.0.0\n", "charts/s/charts/t/Chart.yaml": good },
    flags: ["--with-subcharts"],
  },
  { name: "a crds that is a file", files: { crds: "x" } },
  {
    name: "a crds/ with another kind",
    files: { "crds/a.yaml": "kind: Pod\napiVersion: v1\n---\n---\nkind: CustomResourceDefinition\n" },
  },
  {
    name: "a good crds/",
    files: { "crds/a.yaml": "kind: CustomResourceDefinition\napiVersion: apiextensions.k8s.io/v1\n" },
  },
  { name: "only worse findings", files: { "values.yaml": "a: 1\n" }, flags: ["--quiet"] },
  { name: "nothing worse to say", files: { "values.yaml": "a: 1\n", "templates/_h.tpl": "x" }, flags: ["--quiet"] },
  { name: "warnings that fail", files: { "values.yaml": "a: 1\n" }, flags: ["--strict"] },
];

/** Charts with something wrong in templates or what they render to. */
export const templateCases: readonly LintCase[] = [
  { name: "a templates that is a file", files: { templates: "x" } },
  {
    name: "odd file extensions",
    files: { "templates/a.json": "{}", "templates/b": "x", "templates/.c.yaml": "x", "templates/d.YAML": "kind: A\n" },
  },
  { name: "an indented document", files: template("\n  kind: A\n  metadata: {name: a}\n") },
  { name: "a text for a document", files: template("hello\n") },
  { name: "a list for a document", files: template("- a\n") },
  { name: "a map as kind", files: template("kind: {a: 1}\n") },
  { name: "a list as name", files: template("kind: A\nmetadata: {name: [a], namespace: x}\n") },
  { name: "a text as metadata", files: template("kind: A\nmetadata: a\n") },
  { name: "numbers as texts", files: template("apiVersion: 1\nkind: 2\nmetadata: {name: 3}\n") },
  { name: "empty documents", files: template("---\n---\n# nothing\n---\nkind: A\nmetadata: {name: a}\n") },
  { name: "a separator with something behind it", files: template("kind: A\n--- x\nkind: B\n") },
  { name: "no name", files: template("kind: A\n") },
  ...["A_b", "a..b", "-a", "a".repeat(254), "a.b", "ok"].flatMap((name) =>
    ["ConfigMap", "Service", "Namespace", "ServiceAccount", "Role"].map((kind) => ({
      name: `a ${kind} called ${name.slice(0, 8)}`,
      files: named(kind, name),
    })),
  ),
  { name: "a Role with a slash and a percent sign", files: named("Role", "a/b%c") },
  { name: "a ClusterRole called ..", files: named("ClusterRole", "..") },
  { name: "a request for a certificate", files: named("CertificateSigningRequest", "A/B") },
  { name: "a Deployment without a selector", files: template("kind: Deployment\nmetadata: {name: a}\n") },
  {
    name: "a list whose items are to be kept",
    files: template(
      "kind: List\nmetadata: {name: a}\nitems: [{metadata: {annotations: {helm.sh/resource-policy: keep}}}]\n",
    ),
  },
  { name: "a deprecated API", files: template("apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}\n") },
  {
    name: "an API that a later version deprecates",
    files: template("apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n"),
    flags: ["--kube-version", "1.20"],
  },
  {
    name: "an API that this version deprecates",
    files: template("apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n"),
    flags: ["--kube-version", "v1.21.3"],
  },
  {
    name: "a deprecated core API",
    files: template("apiVersion: v1\nkind: Endpoints\nmetadata: {name: a}\n"),
    flags: ["--strict"],
  },
  { name: "a version of Kubernetes that is none", files: {}, flags: ["--kube-version", "new"] },
  {
    name: "what the version says",
    files: template("kind: A\nmetadata: {name: 'v{{ .Capabilities.KubeVersion.Minor }}'}\n"),
    flags: ["--kube-version", "1.29"],
  },
  {
    name: "the release that is linted",
    files: template("kind: A{{ .Release | toJson }}\n"),
    flags: ["-n", "elsewhere"],
  },
  {
    name: "a value that is required",
    files: template('kind: A\nmetadata: {name: {{ required "say b" .Values.b }}}\n'),
  },
  { name: "a chart that fails", files: template('{{ fail "no" }}kind: A\nmetadata: {name: a}\n') },
  { name: "a template that cannot be parsed", files: template("a\n{{ if }}\n") },
  { name: "a template that fails", files: template("x: {{ .Values.b.c.d }}\n") },
  { name: "a library chart", files: { "Chart.yaml": `${good}type: library\n`, ...template("kind: [1]\n") } },
  {
    name: "a subchart that is switched off",
    files: {
      "Chart.yaml": `${good}dependencies: [{name: s, version: "1", condition: s.on}]\n`,
      "charts/s/Chart.yaml": good.replace("name: c", "name: s"),
      "charts/s/templates/a.yaml": "{{ .Values.b.c.d }}",
      ...template("kind: A\nmetadata: {name: a}\n"),
    },
    flags: ["--set", "s.on=false"],
  },
];

/** Charts whose YAML cannot be parsed: what is wrong with it is said in words of our own. */
export const brokenYamlCases: readonly LintCase[] = [
  { name: "a document indented by a tab", files: template("\tkind: A\n") },
  {
    name: "a crds/ with a template",
    files: { "crds/a.yaml": "kind: {{ .Values.a }}\n", "crds/b.yaml": "kind: Pod\n" },
  },
  { name: "a list without an end", files: template("kind: [a\n") },
  { name: "values without an end", files: { "values.yaml": "a: {\n", "templates/a.yaml": "kind: A\n" } },
  { name: "a Chart.yaml without an end", files: { "Chart.yaml": "name: [\n" } },
];
