import { posix } from "node:path";
import {
  type Command,
  type CommandContext,
  type CommandInput,
  type CommandOption,
  requiredArgument,
  textOption,
  UsageError,
} from "../command.ts";
import { optionsOf, refusedEverywhere, type RefusedFlag, refuseFlags } from "../helm/refused-flags.ts";
import { refusedSigning, sourceFlags } from "../helm/source-flags.ts";

const { "repository-config": _repositories, ...refusedElsewhere } = refusedEverywhere;
const refused: Readonly<Record<string, RefusedFlag>> = { ...refusedSigning, ...refusedElsewhere };

const fetchOptions = {
  "skip-refresh": {
    type: "boolean",
    description: "Take what was fetched earlier as it is, and ask repositories for the rest only.",
  },
  "repository-config": {
    type: "string",
    value: "FILE",
    description: "Names, addresses and credentials of repositories. Default: Helm's repositories.yaml.",
  },
  username: { ...sourceFlags.username, description: "User at the registries; repositories have theirs in the list." },
  password: { ...sourceFlags.password, description: "Password at the registries." },
  "ca-file": sourceFlags["ca-file"],
  "cert-file": sourceFlags["cert-file"],
  "key-file": sourceFlags["key-file"],
  "insecure-skip-tls-verify": sourceFlags["insecure-skip-tls-verify"],
  "plain-http": sourceFlags["plain-http"],
} as const satisfies Record<string, CommandOption>;

const options: Readonly<Record<string, CommandOption>> = {
  "max-col-width": {
    type: "string",
    value: "NUMBER",
    description: "For list: longest column; 0 is no limit. Default 80.",
  },
  ...fetchOptions,
  ...optionsOf(refused),
  namespace: { type: "string", short: "n", value: "VALUE", description: "Refused: a chart has no namespace." },
};

const subcommands: Readonly<Record<string, "list" | "update" | "build">> = {
  list: "list",
  ls: "list",
  update: "update",
  up: "update",
  build: "build",
};

/** `drover helm dependency`: lists and fetches what a chart depends on, as `helm dependency` does. */
export const helmDependency: Command = {
  name: "helm dependency",
  summary: "List, update or rebuild the dependencies of a chart (also: helm dep)",
  usage: "list|update|build [CHART]",
  examples: [
    "drover helm dependency list ./charts/web",
    "drover helm dependency update ./charts/web",
    "drover helm dependency build ./charts/web --skip-refresh",
  ],
  options,
  run: async (input, context) => {
    const word = requiredArgument(input, 0, "list, update or build");
    const what = Object.hasOwn(subcommands, word) ? subcommands[word] : undefined;
    if (what === undefined) throw new UsageError(`${word} is not known: use list, update or build`);
    if (input.arguments.length > 2) throw new UsageError("one chart at a time");
    refuseFlags(input, { ...refused, namespace: { type: "string", reason: "a chart has no namespace" } });
    refuseForeign(input, what);
    // Loaded here, so that other commands start without the engine.
    const { ChartError } = await import("../../helm/chart/chart-error.ts");
    const place = { path: chartPath(input.arguments[1]), cwd: context.cwd };
    try {
      if (what === "list") await list(input, context, place);
      else await update(input, context, { place, locked: what === "build" });
      return 0;
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      context.printError(`Error: ${error.message}`);
      return 1;
    }
  },
};

/** Go's `filepath.Clean`. */
function chartPath(given = "."): string {
  return posix.normalize(given).replace(/(?<=.)\/$/u, "");
}

function refuseForeign(input: CommandInput, what: "list" | "update" | "build"): void {
  const foreign = what === "list" ? Object.keys(fetchOptions) : ["max-col-width"];
  for (const name of foreign) {
    if (input.options[name] !== undefined) throw new UsageError(`--${name} is no option of ${what}`);
  }
}

interface Place {
  readonly path: string;
  readonly cwd: string;
}

async function list(input: CommandInput, context: CommandContext, place: Place): Promise<void> {
  const width = textOption(input, "max-col-width") ?? "80";
  if (!/^\d{1,9}$/u.test(width)) throw new UsageError(`--max-col-width ${width} is no number`);
  const { listDependencies } = await import("../helm/list-dependencies.ts");
  context.print(listDependencies(place, Number(width)).slice(0, -1));
}

async function update(
  input: CommandInput,
  context: CommandContext,
  { place, locked }: { readonly place: Place; readonly locked: boolean },
): Promise<void> {
  const [{ createDependencyFetcher }, { updateDependencies }] = await Promise.all([
    import("../helm/dependency-fetcher.ts"),
    import("../helm/update-dependencies.ts"),
  ]);
  const fetcher = createDependencyFetcher(input, context);
  await updateDependencies({ place, locked, fetcher, print: context.print, nowMs: context.nowMs });
}
