import type { ChartServer } from "../../support/chart-server.ts";

/** Chart.yaml of a chart. */
export const head = "apiVersion: v2\nname: c\nversion: 1.0.0\n";

/** Returns a text in which REPO and OCI stand for the addresses of a server. */
export function addressed(text: string, server: ChartServer): string {
  return text.replaceAll("REPO", `${server.url}/repo`).replaceAll("OCI", `oci://${server.host}/charts`);
}

/** A call of `helm dependency` in a folder with files. */
export interface DependencyCase {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly words: readonly string[];
  /** Calls before it, of both. */
  readonly before?: readonly (readonly string[])[];
  /** The repository is in the list that `helm repo add` writes. */
  readonly isKnown?: boolean;
}

/** Returns a chart `app` with these dependencies. */
export function needs(...entries: readonly string[]): Readonly<Record<string, string>> {
  return { "app/Chart.yaml": `${head}dependencies:\n${entries.map((entry) => `- {${entry}}\n`).join("")}` };
}

/** A chart beside it. */
export const lib = {
  "lib/Chart.yaml": 'apiVersion: v2\nname: lib\nversion: 0.3.1\ndescription: "a: b"\nkeywords: [x]\n',
  "lib/values.yaml": "a: 1 # kept\n",
  "lib/values.schema.json": "{}",
  "lib/templates/a.yaml": "kind: A\n",
  "lib/templates/NOTES.txt": "n\n",
  "lib/README.md": "r\n",
  "lib/.helmignore": "secret*\n",
  "lib/secret.txt": "s",
  "lib/charts/inner/Chart.yaml": "apiVersion: v2\nname: inner\nversion: 1.0.0\n",
  [`lib/${"long/".repeat(30)}file.txt`]: "deep",
};
/** A chart `app` that depends on it. */
export const local = needs(
  'name: lib, version: ">=0.3 <1 ", repository: "file://../lib", alias: x, tags: ["<a>", b], import-values: [c, {child: d, parent: e}]',
);

const update = ["update", "app", "--plain-http"];
const build = ["build", "app", "--plain-http"];
const webRange = 'name: web, version: ^1, repository: "REPO"';

/** Calls that do what Helm does. */
export const equalCases: readonly DependencyCase[] = [
  { name: "a range in a repository", files: needs(webRange), words: update },
  {
    isKnown: true,
    name: "a repository by name",
    files: needs('name: web, version: ~1.2, repository: "@known"'),
    words: update,
  },
  {
    isKnown: true,
    name: "a repository by alias",
    files: needs('name: web, version: 1.x, repository: "alias:known"'),
    words: update,
  },
  {
    name: "an exact version, twice",
    files: needs(
      'name: web, version: 1.0.0, repository: "REPO", alias: a',
      'name: web, version: 1.0.0, repository: "REPO", alias: b',
      'name: db, version: 3.1.0, repository: "REPO"',
    ),
    words: update,
  },
  { name: "a range in a registry", files: needs('name: web, version: "<1.10", repository: "OCI"'), words: update },
  {
    name: "a build number in a registry",
    files: needs('name: web, version: 2.0.0+build.5, repository: "OCI"'),
    words: update,
  },
  {
    name: "a build number in a repository",
    files: needs('name: web, version: 2.0.0+build.5, repository: "REPO"'),
    words: update,
  },
  { name: "a pre-release", files: needs('name: web, version: "2.0.0-rc.1", repository: "REPO"'), words: update },
  { name: "a directory beside the chart", files: { ...local, ...lib }, words: update },
  {
    name: "a chart in charts/",
    files: {
      ...needs("name: in, version: ^1"),
      "app/charts/in/Chart.yaml": "apiVersion: v2\nname: in\nversion: 1.4.0\n",
    },
    words: update,
  },
  { name: "no dependencies", files: { "app/Chart.yaml": head }, words: update },
  { name: "an empty list", files: { "app/Chart.yaml": `${head}dependencies: []\n` }, words: update },
  {
    name: "an old chart",
    files: {
      "app/Chart.yaml": head.replace("v2", "v1"),
      "app/requirements.yaml": `dependencies:\n- {${webRange}}\n`,
      "app/x.txt": "x",
    },
    words: update,
  },
  {
    name: "an old chart in a directory",
    files: {
      ...needs('name: old, version: "*", repository: "file://../old"'),
      "old/Chart.yaml": "apiVersion: v1\nname: old\nversion: 1.0.0\n",
      "old/requirements.yaml": "dependencies: []\n",
    },
    words: update,
  },
  { name: "a second update", files: needs(webRange), words: update, before: [update] },
  { isKnown: true, name: "a build", files: { ...needs(webRange), ...lib }, words: build, before: [update] },
  { name: "a build without a lock file", files: { ...local, ...lib }, words: build },
  { name: "a build of a local directory", files: { ...local, ...lib }, words: build, before: [update] },
  {
    isKnown: true,
    name: "a build of something else than the lock file says",
    files: {
      ...needs(webRange),
      "app/Chart.lock": 'dependencies: []\ndigest: sha256:00\ngenerated: "2026-01-01T00:00:00Z"\n',
    },
    words: build,
  },
  {
    isKnown: true,
    name: "an old build of something else",
    files: {
      "app/Chart.yaml": head.replace("v2", "v1"),
      "app/requirements.yaml": `dependencies:\n- {${webRange}}\n`,
      "app/requirements.lock": 'dependencies: []\ndigest: sha256:00\ngenerated: "2026-01-01T00:00:00Z"\n',
    },
    words: build,
  },
  {
    name: "a file that is no chart",
    files: { ...needs(webRange), "app/charts/.gitkeep": "\n", "app/charts/_x.tgz": "no gzip" },
    words: update,
  },
  {
    name: "the list of a chart with everything",
    files: {
      ...needs(
        webRange,
        'name: lib, version: "1", repository: "file://../lib"',
        "name: in, version: ^2",
        "name: gone, version: 1.0.0",
        `name: long, version: 1.0.0, repository: "https://${"x".repeat(90)}.example"`,
      ),
      ...lib,
      "app/charts/in/Chart.yaml": "apiVersion: v2\nname: in\nversion: 1.4.0\n",
      "app/charts/other/Chart.yaml": "apiVersion: v2\nname: other\nversion: 1.4.0\n",
      "app/charts/notes.txt": "n",
    },
    words: ["list", "app"],
  },
  {
    name: "the list of what was fetched",
    files: { ...needs(webRange, 'name: lib, version: 0.x, repository: "file://../lib"'), ...lib },
    words: ["ls", "app/", "--max-col-width", "20"],
    before: [update],
  },
  { name: "the list of a chart without dependencies", files: { "app/Chart.yaml": head }, words: ["list", "./app"] },
];

/** Calls that fail with Helm's words. */
export const failingCases: readonly DependencyCase[] = [
  {
    isKnown: true,
    name: "an unknown chart",
    files: needs('name: none, version: "1", repository: "@known"'),
    words: update,
  },
  {
    name: "no fitting versions",
    files: needs('name: web, version: ^9, repository: "REPO"', 'name: db, version: ^9, repository: "REPO"'),
    words: update,
  },
  { name: "a malformed constraint", files: needs('name: web, version: "what?", repository: "REPO"'), words: update },
  { name: "no version", files: needs('name: web, repository: "REPO"'), words: update },
  { name: "a word as repository", files: needs("name: web, version: 1.0.0, repository: stable"), words: update },
  { name: "an unknown name", files: needs('name: web, version: 1.0.0, repository: "@none"'), words: update },
  {
    name: "a directory that is not there",
    files: needs('name: web, version: 1.0.0, repository: "file://../none"'),
    words: update,
  },
  {
    name: "a directory with another version",
    files: { ...needs('name: lib, version: ^9, repository: "file://../lib"'), ...lib },
    words: update,
  },
  { name: "a chart in charts/ that is not there", files: needs("name: in, version: ^1"), words: update },
  {
    name: "a chart in charts/ with another version",
    files: {
      ...needs("name: in, version: ^2"),
      "app/charts/in/Chart.yaml": "apiVersion: v2\nname: in\nversion: 1.4.0\n",
    },
    words: update,
  },
  { name: "a file instead of charts/", files: { ...local, ...lib, "app/charts": "x" }, words: update },
  { name: "no chart", files: { x: "y" }, words: update },
  { name: "an archive", files: { app: "y" }, words: update },
];
