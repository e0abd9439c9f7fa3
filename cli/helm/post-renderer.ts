import { spawnSync } from "node:child_process";
import { ChartError } from "../../helm/chart/chart-error.ts";
import type { PostRender } from "../../helm/chart/post-render.ts";
import { quoteString } from "../../helm/template/quote-string.ts";
import { type CommandContext, type CommandInput, listOption, UsageError } from "../command.ts";
import { findPlugin, type HelmPlugin, pluginDirs, type PlatformCommand, PluginError } from "./find-plugin.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const type = "postrenderer/v1";
const maxOutputBytes = 256 * 1024 * 1024;

/**
 * Returns what the plugin that `--post-renderer` names makes of documents; undefined without the flag. Throws `ChartError` with
 * Helm's words, and `UsageError` for a plugin that is no program.
 */
export function readPostRenderer(input: CommandInput, context: CommandContext): PostRender | undefined {
  const [name, more] = listOption(input, "post-renderer").filter((given) => given !== "");
  if (name === undefined) return undefined;
  if (more !== undefined) throw flagError(more, "cannot specify --post-renderer flag more than once");
  const plugin = find(name, context);
  if (plugin.runtime !== "subprocess") {
    throw new UsageError(
      `--post-renderer ${name} is refused: the plugin is WebAssembly (runtime ${plugin.runtime}), and only plugins that are programs (runtime subprocess) are run`,
    );
  }
  const args = listOption(input, "post-renderer-args");
  return (documents) => runPlugin(plugin, { documents, args, context });
}

function find(name: string, context: CommandContext): HelmPlugin {
  try {
    return findPlugin({ name, type }, pluginDirs(context.env), context.printError);
  } catch (error) {
    if (error instanceof PluginError) throw flagError(name, error.message);
    throw error;
  }
}

function flagError(value: string, problem: string): ChartError {
  return new ChartError("values", `invalid argument ${quoteString(value)} for "--post-renderer" flag: ${problem}`);
}

interface PluginCall {
  readonly documents: string;
  readonly args: readonly string[];
  readonly context: CommandContext;
}

/** What the program says on its standard error is not shown, as in Helm. */
function runPlugin(plugin: HelmPlugin, { documents, args, context }: PluginCall): string {
  const env = { ...context.env, HELM_PLUGIN_NAME: plugin.name, HELM_PLUGIN_DIR: plugin.dir };
  const invoke = `failed to invoke post-renderer plugin ${quoteString(plugin.name)}`;
  const [main = "", ...words] = commandWords(plugin.commands, env);
  if (main === "") throw failed(`${invoke}: failed to prepare plugin command: no plugin command is applicable`);
  const result = spawnSync(main, [...words, ...args], {
    input: documents,
    env,
    cwd: context.cwd,
    maxBuffer: maxOutputBytes,
    encoding: "utf8",
  });
  const { error, status, stdout } = result;
  if (error !== undefined && "code" in error && error.code !== "EPIPE") {
    throw failed(`${invoke}: ${startFault(main, error)}`, error);
  }
  if (status !== 0) throw failed(`${invoke}: plugin ${quoteString(plugin.name)} exited with error`);
  if (stdout.trim() === "") throw failed(`post-renderer ${quoteString(plugin.name)} produced empty output`);
  return stdout;
}

function failed(problem: string, cause?: unknown): ChartError {
  return new ChartError("render", `error while running post render on files: ${problem}`, cause);
}

/** What Go says of a program that cannot be started. */
function startFault(main: string, error: Error & { readonly code?: unknown }): string {
  const isPath = main.includes("/");
  if (!isPath && (error.code === "ENOENT" || error.code === "EACCES")) {
    return `exec: ${quoteString(main)}: executable file not found in $PATH`;
  }
  if (error.code === "ENOENT") return `fork/exec ${main}: no such file or directory`;
  if (error.code === "EACCES") return `fork/exec ${main}: permission denied`;
  return `fork/exec ${main}: ${error.message}`;
}

/** Returns the words of the command for this machine, empty without one (Helm: `getPlatformCommand`). */
function commandWords(commands: readonly PlatformCommand[], env: Environment): string[] {
  const os = process.platform === "win32" ? "windows" : process.platform;
  const arch = { x64: "amd64", ia32: "386" }[process.arch as string] ?? process.arch;
  const chosen =
    commands.find((command) => command.os.toLowerCase() === os && command.arch.toLowerCase() === arch) ??
    commands.find((command) => command.os.toLowerCase() === os && command.arch === "") ??
    commands.find((command) => command.os === "" && command.arch === "");
  if (chosen === undefined) return [];
  return [...chosen.command.split(" "), ...chosen.args].map((word) => expand(word, env));
}

/** Fills in `$NAME` and `${NAME}` (Go: `os.Expand`); what is not set is empty. */
function expand(text: string, env: Environment): string {
  return text.replaceAll(
    /\$(?:\{[^}]*\}|[*#$@!?\-0-9]|\w+)/g,
    (reference) => env[reference.replaceAll(/^\$\{?|\}$/g, "")] ?? "",
  );
}
