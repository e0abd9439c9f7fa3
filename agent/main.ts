#!/usr/bin/env node
import { readFileSync } from "node:fs";
import process from "node:process";

import * as z from "zod";
import { parseYaml } from "../codec/parse-yaml.ts";
import { AppError, toAppError } from "../shared/errors.ts";
import { droverVersion } from "../shared/version.ts";
import { printableConfig, type ReadConfig, readConfig } from "../shared/runtime/config.ts";
import { createLogger } from "../shared/runtime/logger.ts";
import { listenForShutdown } from "../shared/runtime/shutdown.ts";
import { compose } from "./compose.ts";
import { agentConfigSchema, type AgentConfig } from "./config.ts";
import { inClusterConnection, type KubeConnection } from "./kube/kube-connection.ts";
import { kubeconfigConnection } from "./kube/kubeconfig.ts";
import type { HubTrust } from "./link/hub-connection.ts";

// Parsers compiled per schema cost more memory than the few documents that an agent reads are worth.
z.config({ jitless: true });

const { argv, env } = process;

function connectionOf(config: AgentConfig): KubeConnection {
  if (config.kubeconfig !== undefined) {
    return kubeconfigConnection({ path: config.kubeconfig, context: config.context }, readFileSync);
  }
  const own = inClusterConnection(env, readFileSync);
  if (own !== undefined) return own;
  throw new AppError("CONFIG_INVALID", "--kubeconfig (AGENT_KUBECONFIG) is needed outside of a cluster", {
    verdict: "stalled",
  });
}

function hubTrustOf({ caFile, caPin }: AgentConfig): HubTrust {
  return { ca: caFile === undefined ? undefined : readFileSync(caFile), pin: caPin };
}

/** Returns whether the words ask for JSON, and the words without that. */
function takeOutput(words: readonly string[]): { readonly json: boolean; readonly rest: string[] } {
  const at = words.findIndex((word) => /^(?:-o|--output)(?:=|$)|^-ojson$/u.test(word));
  const word = words[at] ?? "";
  if (at === -1) return { json: false, rest: [...words] };
  const apart = word === "-o" || word === "--output";
  const format = apart ? words[at + 1] : word.replace(/^(?:-o=?|--output=)/u, "");
  if (format !== "json") throw new AppError("CONFIG_INVALID", `unknown output format ${format ?? ""}: use json`);
  return { json: true, rest: words.toSpliced(at, apart ? 2 : 1) };
}

/** `doctor` as first word: looks for what keeps the agent with these settings from working, and changes nothing. */
async function doctor(words: readonly string[]): Promise<void> {
  const { json, rest } = takeOutput(words);
  const { config } = readSettings(rest);
  const { printFindings, runDoctor } = await import("./doctor/run-doctor.ts");
  const results = await runDoctor({
    config,
    env,
    connection: () => connectionOf(config),
    hubTrust: () => hubTrustOf(config),
  });
  process.stdout.write(`${json ? JSON.stringify(results, undefined, 2) : printFindings(results)}\n`);
  if (results.some(({ result }) => result !== "ok")) process.exitCode = 1;
}

function readSettings(words: readonly string[]): ReadConfig<AgentConfig> {
  return readConfig(agentConfigSchema, {
    argv: words,
    env,
    envPrefix: "AGENT_",
    readFile: (path) => parseYaml(readFileSync(path, "utf8"), { file: path })[0]?.value,
  });
}

/** The image runs Node with `--expose-gc`; this collection also drops code that ran once and moves together what stays. */
function garbageCollection(): { readonly collectGarbage?: () => void } {
  const { gc } = globalThis;
  return gc === undefined ? {} : { collectGarbage: () => gc({ type: "major", flavor: "last-resort" }) };
}

async function main(): Promise<void> {
  if (argv[2] === "doctor") return doctor(argv.slice(3));
  const { config, printConfig } = readSettings(argv.slice(2));
  if (printConfig) {
    process.stdout.write(`${JSON.stringify(printableConfig(agentConfigSchema, config), undefined, 2)}\n`);
    return;
  }
  const log = createLogger({ name: "drover-agent", level: config.logLevel });
  const connection = connectionOf(config);
  using shutdown = listenForShutdown({ log, graceMs: 15_000 });
  const hubTrust = hubTrustOf(config);
  // An agent that another one replaced begins again, and waits for its turn.
  while (!shutdown.signal.aborted) {
    await using agent = compose({
      config,
      connection,
      hubTrust,
      env,
      version: droverVersion,
      log,
      ...garbageCollection(),
    });
    const stop = (): void => void agent[Symbol.asyncDispose]();
    shutdown.signal.addEventListener("abort", stop, { once: true });
    await agent.start();
    shutdown.signal.removeEventListener("abort", stop);
    if (!config.leaderElect) return;
  }
}

try {
  await main();
} catch (error) {
  const { code, message } = toAppError(error);
  process.stderr.write(`${message}\n`);
  process.exitCode = code === "CONFIG_INVALID" || code === "KUBECONFIG_INVALID" ? 2 : 1;
}
