import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { markdownTable } from "./markdown-table.ts";
import { type Trial, tryRepository } from "./try-repositories/try-repository.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { only: { type: "string", default: "" }, verbose: { type: "boolean", default: false } },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error(
    "usage: node tools/run.mjs tools/try-repositories.ts FOLDER: runs the offline commands on every Fleet repository in it",
  );
  process.exit(2);
}

const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name.includes(values.only))
  .map(({ name }) => name)
  .toSorted();
const trials: Trial[] = [];
for (const name of names) {
  const trial = tryRepository(join(folder, name));
  trials.push(trial);
  if (values.verbose) console.error(JSON.stringify(trial));
}

/** Codes with the number of findings and of repositories that have it, most frequent first. */
function codeTable(codesOf: (trial: Trial) => readonly string[]): string {
  const counts = new Map<string, { findings: number; repositories: number }>();
  for (const trial of trials) {
    const codes = codesOf(trial);
    for (const code of codes) {
      const count = counts.get(code) ?? { findings: 0, repositories: 0 };
      counts.set(code, { ...count, findings: count.findings + 1 });
    }
    for (const code of new Set(codes)) {
      const count = counts.get(code) ?? { findings: 0, repositories: 0 };
      counts.set(code, { ...count, repositories: count.repositories + 1 });
    }
  }
  const rows = [...counts].toSorted(([, a], [, b]) => b.findings - a.findings);
  return markdownTable(
    ["code", "findings", "repositories"],
    rows.map(([code, { findings, repositories }]) => [code, String(findings), String(repositories)]),
  );
}

function sum(of: (trial: Trial) => number): string {
  return String(trials.reduce((total, trial) => total + of(trial), 0));
}

const crashes = trials.flatMap(({ name, crashes: found }) => found.map((crash) => `- ${name}: ${crash}`));
console.log(
  [
    markdownTable(
      ["what", "count"],
      [
        ["repositories", String(trials.length)],
        ["bundles built", sum(({ bundles }) => bundles)],
        ["deployments (bundle and cluster)", sum(({ deployments }) => deployments)],
        ["objects rendered", sum(({ objects }) => objects)],
        ["GitRepo manifests of the repositories played", sum(({ gitRepos }) => gitRepos)],
        ["findings without file and line", sum(({ unplaced }) => unplaced)],
        ["calls that crashed or hung", String(crashes.length)],
      ],
    ),
    ...crashes,
    `## Errors of \`drover lint\`\n\n${codeTable(({ errors }) => errors)}`,
    `## Refused by \`drover render\`\n\n${codeTable(({ refused }) => refused)}`,
    `## Errors of the repositories' own GitRepos\n\n${codeTable(({ gitRepoErrors }) => gitRepoErrors)}`,
    `## Warnings\n\n${codeTable(({ warnings }) => warnings)}`,
  ].join("\n\n"),
);
process.exitCode = crashes.length > 0 ? 1 : 0;
