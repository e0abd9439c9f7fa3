import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { AppError } from "../../shared/errors.ts";
import { type Command, textOption } from "../command.ts";

export const kubeconfigCommand: Command = {
  name: "kubeconfig",
  summary: "Print the administrator's kubeconfig that the bundler wrote at its first start",
  usage: "",
  examples: ["drover kubeconfig > ~/.kube/drover", "drover kubeconfig --data-dir /var/lib/drover"],
  options: {
    "data-dir": { type: "string", value: "DIR", description: "Data folder of the bundler. Default ./drover-data." },
  },
  run: async (input, context) => {
    const file = resolve(context.cwd, textOption(input, "data-dir") ?? "drover-data", "admin.kubeconfig");
    try {
      context.print((await readFile(file, "utf8")).trimEnd());
    } catch (cause) {
      throw new AppError("CONFIG_INVALID", `${file} cannot be read: name the bundler's folder with --data-dir`, {
        verdict: "stalled",
        cause,
      });
    }
    return 0;
  },
};
