import { parseArgs } from "node:util";
import * as z from "zod";
import { AppError } from "../errors.ts";

/** How a setting is written on the command line and in the environment. */
export interface SettingMeta {
  /** What it does, with unit and default: the reference page prints it. */
  readonly description: string;
  /** `list`: may be repeated, or comma-separated in the environment; `switch`: needs no value. */
  readonly form?: "value" | "list" | "switch";
  /** True: `--print-config` hides the value. */
  readonly secret?: boolean;
}

/** Returns the schema with what the command line, `--print-config` and the reference page need to know of it. */
export function setting<T extends z.ZodType>(schema: T, meta: SettingMeta): T {
  return schema.meta({ ...meta });
}

/** A yes/no setting: `--name`, `--no-name`, `NAME=true|false|1|0|yes|no`. */
export function switchSetting(initial: boolean, description: string): z.ZodType<boolean> {
  const schema = z.union([z.boolean(), z.stringbool()]).default(initial);
  return setting(schema, { description, form: "switch" });
}

/** A whole number with bounds. */
export function numberSetting(
  initial: number,
  bounds: readonly [number, number],
  description: string,
): z.ZodType<number> {
  return setting(z.coerce.number().int().min(bounds[0]).max(bounds[1]).default(initial), { description });
}

/** A list of `key=value` pairs (or an object in the file), as a record; `secret` hides it in `--print-config`. */
export function pairsSetting(description: string, secret = false): z.ZodType<Readonly<Record<string, string>>> {
  const pair = z.string().regex(/^[^=]+=/u, "must be key=value");
  const pairs = z.array(pair).transform((list) => Object.fromEntries(list.map(splitPair)));
  return setting(z.union([z.record(z.string(), z.string()), pairs]).default({}), { description, form: "list", secret });
}

function splitPair(text: string): [string, string] {
  const at = text.indexOf("=");
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Where settings come from; later ones win: defaults, file, environment, flags. */
export interface ConfigSources {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Prefix of the environment's names, as `AGENT_`. */
  readonly envPrefix: string;
  /** Reads and parses a settings file; throws when it cannot. */
  readonly readFile: (path: string) => unknown;
}

/** A program's settings, and whether it was asked to print them or its help only. */
export interface ReadConfig<T> {
  readonly config: T;
  readonly printConfig: boolean;
}

const own = { config: { type: "string" }, "print-config": { type: "boolean" } } as const;

/** Returns the name of a setting's flag: `dataDir` → `data-dir`. */
export function flagName(key: string): string {
  return key.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}

/** Returns the name of a setting in the environment: `dataDir` → `AGENT_DATA_DIR`. */
export function envName(key: string, prefix: string): string {
  return prefix + flagName(key).replaceAll("-", "_").toUpperCase();
}

/** Returns the merged settings. Throws `CONFIG_INVALID` with every fault of every source in its message. */
export function readConfig<S extends z.ZodObject>(schema: S, sources: ConfigSources): ReadConfig<z.output<S>> {
  const faults: string[] = [];
  const flags = readFlags(schema, sources.argv, faults);
  const file = flags.configFile ?? sources.env[`${sources.envPrefix}CONFIG`];
  const raw = { ...readFile(file, sources, faults), ...readEnvironment(schema, sources), ...flags.values };
  const unknown = Object.keys(raw).filter((key) => !(key in schema.shape));
  if (unknown.length > 0) faults.push(`unknown settings: ${unknown.join(", ")}`);
  const parsed = schema.safeParse(raw);
  if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => describeIssue(issue, sources.envPrefix)));
  if (!parsed.success || faults.length > 0) {
    throw new AppError("CONFIG_INVALID", faults.join("\n"), { verdict: "stalled" });
  }
  return { config: parsed.data, printConfig: flags.printConfig };
}

/** Returns the settings as a person may see them: secrets that are set are hidden. */
export function printableConfig(
  schema: z.ZodObject,
  config: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const shown = Object.entries(config).map(([key, value]) => [key, isSecret(schema, key) ? "[hidden]" : value]);
  return Object.fromEntries(shown);
}

function isSecret(schema: z.ZodObject, key: string): boolean {
  return schema.shape[key]?.meta()?.["secret"] === true;
}

function formOf(schema: z.ZodObject, key: string): unknown {
  return schema.shape[key]?.meta()?.["form"] ?? "value";
}

interface Flags {
  readonly values: Record<string, unknown>;
  readonly configFile: string | undefined;
  readonly printConfig: boolean;
}

function readFlags(schema: z.ZodObject, argv: readonly string[], faults: string[]): Flags {
  const keys = new Map(Object.keys(schema.shape).map((key) => [flagName(key), key]));
  const options = Object.fromEntries(
    [...keys].map(([flag, key]) => {
      const form = formOf(schema, key);
      return [
        flag,
        { type: form === "switch" ? ("boolean" as const) : ("string" as const), multiple: form === "list" },
      ];
    }),
  );
  const parsed = parseArgs({
    args: [...argv],
    options: { ...options, ...own },
    strict: false,
    allowPositionals: true,
    allowNegative: true,
    tokens: true,
  });
  const given: Record<string, unknown> = parsed.values;
  for (const token of parsed.tokens) {
    if (token.kind === "positional") faults.push(`unexpected argument ${JSON.stringify(token.value)}`);
    if (token.kind !== "option" || token.name in own) continue;
    const name = keys.has(token.name) ? token.name : token.name.replace(/^no-/u, "");
    if (!keys.has(name)) faults.push(`unknown flag ${token.rawName}`);
    else if (options[name]?.type === "string" && token.value === undefined)
      faults.push(`${token.rawName} needs a value`);
  }
  const values = [...keys].flatMap(([flag, key]) => (given[flag] === undefined ? [] : [[key, given[flag]]]));
  const configFile = given["config"];
  return {
    values: Object.fromEntries(values),
    configFile: typeof configFile === "string" ? configFile : undefined,
    printConfig: given["print-config"] === true,
  };
}

function readEnvironment(schema: z.ZodObject, sources: ConfigSources): Record<string, unknown> {
  const values = Object.keys(schema.shape).flatMap((key) => {
    const text = sources.env[envName(key, sources.envPrefix)];
    if (text === undefined || text === "") return [];
    return [[key, formOf(schema, key) === "list" ? text.split(",").map((part) => part.trim()) : text]];
  });
  return Object.fromEntries(values);
}

function readFile(path: string | undefined, sources: ConfigSources, faults: string[]): Record<string, unknown> {
  if (path === undefined) return {};
  try {
    const content = sources.readFile(path);
    if (typeof content === "object" && content !== null && !Array.isArray(content)) return { ...content };
    faults.push(`${path} must hold an object of settings`);
  } catch (error) {
    faults.push(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return {};
}

function describeIssue(issue: z.core.$ZodIssue, prefix: string): string {
  const [key, ...rest] = issue.path.map(String);
  if (key === undefined) return issue.message;
  const at = rest.length === 0 ? "" : ` (at ${rest.join(".")})`;
  return `--${flagName(key)} (${envName(key, prefix)})${at}: ${issue.message}`;
}
