#!/usr/bin/env node
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { systemClock } from "../shared/clock.ts";
import { toAppError } from "../shared/errors.ts";
import { printableConfig, readConfig } from "../shared/runtime/config.ts";
import { createLogger } from "../shared/runtime/logger.ts";
import { listenForShutdown } from "../shared/runtime/shutdown.ts";
import { droverVersion } from "../shared/version.ts";
import { composeBundler } from "./compose.ts";
import { bundlerConfigSchema } from "./config.ts";
import type { ProxySettings } from "./git/git-http.ts";

/** Longest time that an orderly end may take. */
const graceMs = 10_000;

/** Runs the bundler until it is told to stop; returns the exit code: 0 fine, 1 failed, 2 bad settings. */
export async function runBundler(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const read = readSettings(argv, env);
  if (typeof read === "string") {
    process.stderr.write(`${read}\n`);
    return 2;
  }
  const { config } = read;
  if (read.printConfig) {
    process.stdout.write(`${JSON.stringify(printableConfig(bundlerConfigSchema, config), undefined, 2)}\n`);
    return 0;
  }
  const log = createLogger({ name: "bundler", level: config.logLevel });
  using shutdown = listenForShutdown({ log, graceMs });
  try {
    await using bundler = await composeBundler({
      config,
      clock: systemClock,
      log,
      path: env["PATH"] ?? "",
      proxy: proxyOf(env),
      version: droverVersion,
      random: randomUUID,
    });
    const { url, caPin, kubeconfig } = await bundler.start();
    log.info(
      { url, caPin, dataDir: config.dataDir, database: config.databaseUrl === undefined ? "sqlite" : "postgres" },
      "bundler listens",
    );
    if (kubeconfig !== undefined) log.info({ kubeconfig }, "administrator's kubeconfig written");
    await shutdown.requested;
    return 0;
  } catch (error) {
    const fault = toAppError(error);
    log.error({ code: fault.code, err: fault }, "bundler failed");
    return fault.code === "CONFIG_INVALID" ? 2 : 1;
  }
}

function readSettings(argv: readonly string[], env: Readonly<Record<string, string | undefined>>) {
  try {
    return readConfig(bundlerConfigSchema, { argv, env, envPrefix: "BUNDLER_", readFile });
  } catch (error) {
    return toAppError(error).message;
  }
}

/** Returns the proxy settings of the environment; lower-case names count too, as for curl and git. */
function proxyOf(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"] as const;
  const given = names.flatMap((name) => {
    const value = env[name] ?? env[name.toLowerCase()];
    return value === undefined || value === "" ? [] : [[name, value]];
  });
  return Object.fromEntries(given) as ProxySettings;
}

function readFile(path: string): unknown {
  return load(readFileSync(path, "utf8"), { filename: path });
}

if (import.meta.main) process.exitCode = await runBundler(process.argv.slice(2), process.env);
