import { execFile } from "node:child_process";
import type { CommandContext } from "../../../cli/command.ts";
import { runCli } from "../../../cli/main.ts";
import { findOrBuildBinary } from "../../kube/binaries.ts";

/** What a call printed and how it failed. */
export interface HelmOutcome {
  readonly stdout: string;
  /** The text behind `Error:`, "" when it did not fail. */
  readonly fault: string;
}

/** Runs `drover helm` with these words, and with no variables but these. */
export async function runDroverHelm(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<HelmOutcome> {
  const out: string[] = [];
  const errors: string[] = [];
  const context: CommandContext = {
    env,
    cwd,
    print: (text) => void out.push(`${text}\n`),
    printError: (text) => void errors.push(text),
    hub: () => Promise.reject(new Error("charts need no hub")),
    nowMs: Date.now,
  };
  const code = await runCli(["helm", ...words], context);
  return { stdout: out.join(""), fault: code === 0 ? "" : faultIn(errors.join("\n")) };
}

/** Runs the real `helm` with these words, and with variables besides those of the tests. */
export async function runRealHelm(
  words: readonly string[],
  cwd: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<HelmOutcome> {
  const helm = await findOrBuildBinary("helm");
  if (helm === undefined) throw new Error("no helm");
  return new Promise((resolve) => {
    const env = { ...process.env, ...variables };
    execFile(helm, [...words], { cwd, env, timeout: 60_000, maxBuffer: 2 ** 27 }, (error, stdout, stderr) => {
      resolve({ stdout, fault: error === null ? "" : faultIn(stderr) });
    });
  });
}

function faultIn(text: string): string {
  const error = text.slice(Math.max(0, text.indexOf("Error: ")));
  return error
    .replace(/^Error: /, "")
    .replace(/\n\nUse --debug flag to render out invalid YAML\n?$/, "")
    .trimEnd();
}
