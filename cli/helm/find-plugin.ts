import { globSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { readYaml } from "../../helm/chart/read-yaml.ts";
import { quoteString } from "../../helm/template/quote-string.ts";

/** A command of a plugin, and the machines that it is for. */
export interface PlatformCommand {
  readonly os: string;
  readonly arch: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** A plugin of Helm's as it is installed. */
export interface HelmPlugin {
  readonly name: string;
  /** `postrenderer/v1`, `cli/v1`, `getter/v1`. */
  readonly type: string;
  /** `subprocess` or `extism/v1`. */
  readonly runtime: string;
  readonly dir: string;
  readonly commands: readonly PlatformCommand[];
}

/** A plugin that is not there, or two that cannot be told apart; the message is Helm's. */
export class PluginError extends Error {}

const fields = new Set(["apiVersion", "name", "type", "runtime", "version", "sourceURL", "config", "runtimeConfig"]);
const runtimeFields = new Set(["platformCommand", "platformHooks", "protocolCommands"]);
const types = new Set(["cli/v1", "getter/v1", "postrenderer/v1", "test/v1"]);
const validName = /^[A-Za-z0-9_-]+$/;
const validVersion = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** Returns the folders in which Helm looks for plugins, with the variables of a call: `HELM_PLUGINS`, else below its data. */
export function pluginDirs(env: Readonly<Record<string, string | undefined>>): string[] {
  const home = env["HOME"] ?? "";
  const xdg = env["XDG_DATA_HOME"] ?? "";
  const data = env["HELM_DATA_HOME"] ?? "";
  const base = data === "" ? join(xdg === "" ? join(home, ".local", "share") : xdg, "helm") : data;
  const given = env["HELM_PLUGINS"] ?? "";
  return (given === "" ? join(base, "plugins") : given).split(delimiter);
}

/**
 * Returns the plugin of a name and type (Helm: `FindPlugin`); folders that hold no good plugin are left out and told to `warn`.
 * Throws `PluginError`.
 */
export function findPlugin(
  wanted: { readonly name: string; readonly type: string },
  dirs: readonly string[],
  warn: (message: string) => void,
): HelmPlugin {
  const found = dirs.flatMap((dir) =>
    loadAll(dir, warn).filter(({ name, type }) => name === wanted.name && type === wanted.type),
  );
  const [first] = found;
  if (first !== undefined) return first;
  throw new PluginError(`plugin: {Name:${wanted.name} Type:${wanted.type}} not found`);
}

function loadAll(dir: string, warn: (message: string) => void): HelmPlugin[] {
  const byName = new Map<string, HelmPlugin>();
  for (const file of globSync("*/plugin.yaml", { cwd: dir }).toSorted((a, b) => (a < b ? -1 : 1))) {
    const plugin = load(join(dir, dirname(file)));
    if (typeof plugin === "string") {
      warn(`the plugin of ${join(dir, file)} is left out: ${plugin}`);
      continue;
    }
    const other = byName.get(plugin.name);
    if (other !== undefined) {
      const [name, one, two] = [plugin.name, other.dir, plugin.dir].map((text) => quoteString(text));
      throw new PluginError(`two plugins claim the name ${name} at ${one} and ${two}`);
    }
    byName.set(plugin.name, plugin);
  }
  return [...byName.values()];
}

/** Returns the plugin of a folder, or what is wrong with it. */
function load(dir: string): HelmPlugin | string {
  let value: JsonValue;
  try {
    value = readYaml(readFileSync(join(dir, "plugin.yaml"), "utf8"));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (!isJsonObject(value)) return "plugin.yaml is no map";
  const name = textOf(value["name"]);
  if (!validName.test(name)) return "invalid plugin `name`";
  const version = textOf(value["apiVersion"]);
  // Plugins of Helm 3 are commands and getters; they are here for their names alone.
  if (version === "") return { name, type: "", runtime: "subprocess", dir, commands: [] };
  if (version !== "v1") return `invalid plugin apiVersion: ${quoteString(version)}`;
  return loadCurrent(value, { name, dir });
}

function loadCurrent(value: JsonObject, place: { readonly name: string; readonly dir: string }): HelmPlugin | string {
  const runtimeConfig = value["runtimeConfig"] ?? {};
  if (!isJsonObject(runtimeConfig)) return "runtimeConfig is no map";
  const [type, runtime] = [textOf(value["type"]), textOf(value["runtime"])];
  if (!types.has(type)) return `unknown plugin type ${quoteString(type)}`;
  if (!validVersion.test(textOf(value["version"]))) return "plugin `version` must be valid semver";
  if (runtime !== "subprocess" && runtime !== "extism/v1")
    return `unsupported plugin runtime type: ${quoteString(runtime)}`;
  const known = runtime === "subprocess" ? runtimeFields : new Set(Object.keys(runtimeConfig));
  const unknown = [
    ...Object.keys(value).filter((key) => !fields.has(key)),
    ...Object.keys(runtimeConfig).filter((key) => !known.has(key)),
  ];
  if (unknown.length > 0) return `plugin.yaml has unknown fields: ${unknown.join(", ")}`;
  const commands = runtimeConfig["platformCommand"] ?? [];
  if (!Array.isArray(commands)) return "platformCommand is no list";
  return { ...place, type, runtime, commands: commands.map(commandOf) };
}

function commandOf(value: JsonValue): PlatformCommand {
  const map = isJsonObject(value) ? value : {};
  const args = map["args"];
  return {
    os: textOf(map["os"]),
    arch: textOf(map["arch"]),
    command: textOf(map["command"]),
    args: Array.isArray(args) ? args.map(textOf) : [],
  };
}

function textOf(value: JsonValue | undefined): string {
  return value === undefined || value === null || typeof value === "object" ? "" : String(value);
}
