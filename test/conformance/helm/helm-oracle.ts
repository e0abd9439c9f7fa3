import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseYaml } from "../../../codec/parse-yaml.ts";
import { isJsonObject } from "../../../codec/json-value.ts";
import { findOrBuildBinary } from "../../kube/binaries.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { type CaseChart, casePath, type CaseResult } from "./render-case.ts";

/** One template that prints each case in base 64, so that nothing of it is lost in YAML. */
function outTemplate(indexes: readonly number[]): string {
  const lines = indexes.map((index) => `  "${index}": {{ include "c/${casePath(index)}" . | b64enc | quote }}\n`);
  return `kind: Results\napiVersion: v1\ncases:\n${lines.join("")}`;
}

/**
 * Returns the cases rendered by one `helm template` call. Use it for cases that do not fail: one that does fails the call,
 * and the error says which.
 */
export async function renderWithHelm(chart: CaseChart, indexes: readonly number[]): Promise<Map<number, string>> {
  await using folder = await createTempDir("helm-cases");
  await writeChart(folder.path, chart, indexes);
  const { stdout, stderr, code } = await runHelm(folder.path);
  if (code !== 0) throw new Error(`helm template: ${stderr}`);
  const [document] = parseYaml(stdout);
  const value = document?.value;
  const cases = isJsonObject(value) ? value["cases"] : undefined;
  const found = new Map<number, string>();
  for (const [index, text] of isJsonObject(cases) ? Object.entries(cases) : [])
    found.set(Number(index), typeof text === "string" ? text : "");
  return found;
}

/** Returns how Helm fails at one case, or what it prints. */
export async function failWithHelm(chart: CaseChart, index: number): Promise<CaseResult> {
  await using folder = await createTempDir("helm-case");
  await writeChart(folder.path, chart, [index]);
  const { stdout, stderr, code } = await runHelm(folder.path);
  if (code === 0) return { base64: /"?\d+"?: "?([^"\n]*)/.exec(stdout)?.[1] ?? "" };
  return { fault: innerFault(stderr.replace(/\n$/, "")) };
}

/** Leaves out what the chart around the case and the command line add: the first level of the call chain, `Error:`. */
function innerFault(message: string): string {
  const bare = message
    .replace(/^(?:level=[^\n]*\n)+/, "")
    .replace(/^Error: /, "")
    .replace(/\n\nUse --debug flag to render out invalid YAML$/, "");
  const [first = "", ...rest] = bare.split("\n");
  if (first.startsWith("c/templates/out.yaml:") && rest.length > 2) return rest.slice(2).join("\n");
  const marker = "error calling include: ";
  return bare.startsWith("template: c/templates/out.yaml:") ? bare.slice(bare.indexOf(marker) + marker.length) : bare;
}

async function writeChart(folder: string, chart: CaseChart, indexes: readonly number[]): Promise<void> {
  await rm(join(folder, "templates"), { recursive: true, force: true });
  await mkdir(join(folder, "templates"), { recursive: true });
  await writeFile(join(folder, "Chart.yaml"), "apiVersion: v2\nname: c\nversion: 1.2.3\n");
  await writeFile(join(folder, "values.yaml"), JSON.stringify(chart.values));
  await writeFile(join(folder, "templates", "out.yaml"), outTemplate(indexes));
  for (const index of indexes) await writeFile(join(folder, casePath(index)), chart.cases[index] ?? "");
  for (const [path, content] of Object.entries(chart.files ?? {})) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

async function runHelm(folder: string): Promise<{ stdout: string; stderr: string; code: number }> {
  const helm = await findOrBuildBinary("helm");
  if (helm === undefined) throw new Error("no helm");
  const args = ["template", "rel", folder, "-n", "ns", "--kube-version", "v1.36.3", "--api-versions", "x.io/v1/Kind"];
  return new Promise((resolve) => {
    const options = { env: { ...process.env, TZ: "UTC" }, maxBuffer: 256 * 1024 * 1024, timeout: 60_000 };
    execFile(helm, args, options, (error, stdout, stderr) => {
      resolve({ stdout, stderr, code: error === null ? 0 : 1 });
    });
  });
}
