import { homedir } from "node:os";
import { join } from "node:path";
import type { ProxySettings } from "../helm/chart/source/source-access.ts";
import type { CommandContext } from "./command.ts";

/** Returns the folder in which all commands keep fetched charts: `$XDG_CACHE_HOME/drover/charts`. */
export function chartCacheDir(env: CommandContext["env"]): string {
  return join(env["XDG_CACHE_HOME"] ?? join(env["HOME"] ?? homedir(), ".cache"), "drover", "charts");
}

/** Returns the proxies that the environment names, in capitals or not. */
export function proxyOf(env: CommandContext["env"]): ProxySettings {
  const names = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name] ?? env[name.toLowerCase()];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
