import { isAbsolute, join, resolve } from "node:path";
import { type Command, type CommandOption, requiredArgument, switchOption, textOption } from "../command.ts";
import { optionsOf, refusedEverywhere, type RefusedFlag, refuseFlags } from "../helm/refused-flags.ts";
import { refusedSigning, sourceFlags } from "../helm/source-flags.ts";

const refused: Readonly<Record<string, RefusedFlag>> = {
  ...refusedSigning,
  prov: { type: "boolean", reason: "provenance files are of use only for signatures, which are not checked" },
  ...refusedEverywhere,
  namespace: { type: "string", reason: "a packed chart has no namespace" },
};

const options: Readonly<Record<string, CommandOption>> = {
  ...sourceFlags,
  destination: {
    type: "string",
    short: "d",
    value: "DIR",
    description: "Folder to write to. Default: the current one.",
  },
  untar: { type: "boolean", description: "Unpack the chart instead of saving its archive." },
  untardir: { type: "string", value: "DIR", description: "Folder to unpack into, below --destination." },
  ...optionsOf(refused),
  namespace: { type: "string", short: "n", value: "VALUE", description: "Refused: a packed chart has no namespace." },
};

/** `drover helm pull`: fetches packed charts, as `helm pull` does. */
export const helmPull: Command = {
  name: "helm pull",
  summary: "Download charts from repositories and registries as `helm pull` does",
  usage: "CHART...",
  examples: [
    "drover helm pull web --repo https://charts.example --version ^2.0.0 --untar",
    "drover helm pull oci://registry.example/charts/web --version 1.2.3 -d ./charts",
  ],
  options,
  run: async (input, context) => {
    requiredArgument(input, 0, "CHART");
    refuseFlags(input, refused);
    // Loaded here, so that other commands start without the engine.
    const [{ ChartError }, { fetchReference }, { readSourceRequest }, { saveArchive, untarChart }] = await Promise.all([
      import("../../helm/chart/chart-error.ts"),
      import("../helm/fetch-reference.ts"),
      import("../helm/source-request.ts"),
      import("../helm/save-chart.ts"),
    ]);
    const destination = textOption(input, "destination") ?? ".";
    const untardir = textOption(input, "untardir") ?? ".";
    try {
      const request = readSourceRequest(input, context);
      for (const reference of input.arguments) {
        const { archive, fileName, lines } = await fetchReference(reference, request);
        if (switchOption(input, "untar")) {
          const folder = isAbsolute(untardir) ? untardir : join(destination, untardir);
          await untarChart(archive, { cwd: context.cwd, folder, reference });
        } else {
          await saveArchive(archive, resolve(context.cwd, destination), fileName);
        }
        for (const line of lines) context.print(line);
      }
      return 0;
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      context.printError(`Error: ${error.message}`);
      return 1;
    }
  },
};
