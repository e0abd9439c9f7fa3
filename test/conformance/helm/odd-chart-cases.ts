/** A chart that is odd in one way, and the words of the call. */
export interface OddChart {
  readonly name: string;
  /** A Chart.yaml that is not given is a good one. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Links of the chart, by their path, with what they lead to. */
  readonly links?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
}

const tree = {
  "templates/a.yaml": "x: {{ range $path, $_ := .Files }}{{ $path }} {{ end }}",
  "templates/b.yaml": "b: 1",
  "templates/.hidden.yaml": "h: 1",
  foo: "1",
  "foo.txt": "1",
  "bar baz.txt": "1",
  "dir/foo": "1",
  "dir/sub/foo.txt": "1",
  "a[1].txt": "1",
  "#hash": "1",
};

const ignored = [
  "foo",
  "/foo.txt",
  "dir/",
  "dir/*",
  "*.txt\n!foo.txt",
  "!dir/",
  "bar baz.txt",
  "\\#hash",
  "\ufefffoo\r\ndir\r\n",
];
const ignoredToo = ["[a", "a\\[1\\].txt", "*", "templates/b.yaml", "Chart.yaml", "foo #x", "*/*/*.txt", "[!a]oo"];

const documents = [
  "--- # c\na: 1\n---  \nb: 1\n---\t\n",
  "a: |\n  x\n  ---\n  y\n---\n\n---\n# only\n---\nb: |+\n  x\n\n\n---\n",
  "a: 1\r\n---\r\nb: 2\r\n",
  "\ufeff---\na: 1\n",
  "a: 1\na: 2\n",
  "kind: X\nmetadata: text\n",
  "kind: X\nmetadata:\n  annotations: {helm.sh/hook: nonsense}\n",
  "kind: X\nmetadata:\n  annotations: {helm.sh/hook: 'pre-install, test', helm.sh/hook-weight: x}\n",
  "a: 1\n...\nb: 2",
  "---- a",
  "- 1",
];

const bytes = new Uint8Array([0x80, 0xff, 0x41]);
const capabilities =
  "k: {{ toJson .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.GitVersion }}";
const versions = [
  "1.29",
  "v1.30.4-gke.12+x",
  "1",
  "1.29.x",
  "01.29",
  "1..2",
  "1.29.99999999999999999999",
  "1.2.3.4",
  "",
];
const shown = [
  "templates/*",
  "templates/a\\[1\\].yaml",
  "templates\\x.yaml",
  "[",
  "./templates/x.yaml",
  "charts/*/templates/*.yaml",
];
const manyFiles = {
  "templates/x.yaml": "a: 1\n---\nb: 2",
  "templates/a[1].yaml": "z: 1",
  "charts/s/Chart.yaml": "apiVersion: v2\nname: s\nversion: 1.0.0\n",
  "charts/s/templates/y.yaml": "b: 1",
  "charts/s/templates/NOTES.txt": "sub",
};

/** What .helmignore, streams of documents, bytes, links, flags and names can be. */
export const oddCharts: readonly OddChart[] = [
  ...[...ignored, ...ignoredToo].map((text) => ({
    name: `.helmignore ${JSON.stringify(text)}`,
    files: { ...tree, ".helmignore": text },
  })),
  ...documents.map((text) => ({ name: `documents ${JSON.stringify(text)}`, files: { "templates/x.yaml": text } })),
  ...versions.map((version) => ({
    name: `--kube-version ${version}`,
    files: { "templates/x.yaml": capabilities },
    flags: ["--kube-version", version],
  })),
  ...shown.map((pattern) => ({ name: `--show-only ${pattern}`, files: manyFiles, flags: ["-s", pattern] })),
  ...["v3", "V2", "2", "''"].map((version) => ({
    name: `apiVersion ${version}`,
    files: { "Chart.yaml": `apiVersion: ${version}\nname: c\nversion: 1.0.0\n`, "templates/x.yaml": "a: 1" },
  })),
  ...["a.b", "Upper", "..x"].map((name) => ({
    name: `a chart of the name ${name}`,
    files: {
      "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`,
      "templates/x.yaml": "a: {{ .Template.Name }}",
    },
  })),
  { name: "a template with bytes that are no text", files: { "templates/x.yaml": bytes } },
  {
    name: "values with bytes that are no text",
    files: { "values.yaml": new Uint8Array([0x61, 0x3a, 0x20, 0xe2, 0x41, 0x41, 0x41]) },
  },
  {
    name: "a file with bytes that are no text",
    files: {
      bin: bytes,
      "templates/x.yaml": 'a: {{ .Files.Get "bin" | b64enc }} {{ (.Files.Glob "b*").AsSecrets | toJson }}',
    },
  },
  {
    name: "values of more than 5 MB",
    files: { "values.yaml": `a: ${"x".repeat(5 * 2 ** 20)}`, "templates/x.yaml": "n: 1" },
  },
  {
    name: "structs as JSON",
    files: { "templates/x.yaml": "n: {{ list .Capabilities.HelmVersion .Capabilities | toPrettyJson | b64enc }}" },
  },
  { name: "a link to a file", files: { "a.txt": "1", ...tree }, links: { "b.txt": "a.txt", e: "dir" } },
  { name: "a link that leads nowhere", files: {}, links: { "b.txt": "none/x" } },
  { name: "a link to itself", files: {}, links: { "b.txt": "b.txt" } },
  { name: "a directory within itself", files: { "d/x": "1" }, links: { "d/e": "../d" } },
  {
    name: "definitions of all sorts",
    files: {
      "crds/a.yaml": "kind: A\n",
      "crds/sub/b.YML": "kind: B",
      "crds/c.txt": "x",
      "crds/d.json": "{}",
      "crds/g.yaml": "",
    },
    flags: ["--include-crds"],
  },
];
