import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { followDemo } from "./follow.ts";
import { type Demo, startDemo } from "./start-demo.ts";
import { playTour } from "./tour.ts";

const usage = `Usage: npm run demo -- [--script] [--kubeconfig FILE] [--folder DIR]

Starts a Git server with a sample repository, a bundler, three simulated clusters and an agent for each, and follows
what happens until Ctrl-C.

  --script           play a tour by itself, check each step, and end with 0 or 1
  --kubeconfig FILE  use the contexts of this kubeconfig as clusters instead of simulated ones
  --folder DIR       where everything is kept (default .demo in the current folder; emptied at the start)`;

/** Runs the demo and returns the exit code: 0 fine, 1 failed, 2 wrong usage. */
async function runDemo(argv: readonly string[]): Promise<number> {
  const settings = readArguments(argv);
  if (typeof settings === "string") {
    console.error(settings);
    return settings === usage ? 0 : 2;
  }
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const startMs = performance.now();
  console.log("Starting …");
  await using demo = await startDemo({ folder: resolve(settings.folder), kubeconfig: settings.kubeconfig });
  console.log(
    `${describeDemo(demo)}\nStarted in ${Math.round(performance.now() - startMs)} ms. ${settings.script ? "The tour:" : "Ctrl-C ends everything. What happens:"}\n`,
  );
  if (settings.script) {
    const passed = await playTour(demo, console.log);
    console.log(passed ? "\nThe tour went as it should." : "\nThe tour failed.");
    return passed ? 0 : 1;
  }
  await followDemo(
    demo,
    ({ text, sincePushMs }) =>
      console.log(
        `${new Date().toISOString().slice(11, 23)}  ${sincePushMs === undefined ? "" : `+${Math.round(sincePushMs)} ms`.padEnd(10)}${text}`,
      ),
    stop.signal,
  );
  console.log("\nEnding …");
  return 0;
}

function readArguments(
  argv: readonly string[],
): string | { readonly script: boolean; readonly kubeconfig: string | undefined; readonly folder: string } {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        script: { type: "boolean" },
        kubeconfig: { type: "string" },
        folder: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    return values.help === true
      ? usage
      : { script: values.script ?? false, kubeconfig: values.kubeconfig, folder: values.folder ?? ".demo" };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n\n${usage}`;
  }
}

/** Returns the table of what runs where, and what a person may type next. */
function describeDemo({ hubUrl, hubKubeconfig, cloneUrl, clusters }: Demo): string {
  const rows = clusters.map(({ name, labels, kubeconfigPath, simulated }) => {
    const text = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    return `  ${name.padEnd(12)} ${text.join(",").padEnd(24)} ${simulated ? "simulated" : "real"}   ${kubeconfigPath}`;
  });
  return `
Hub          ${hubUrl}   kubeconfig ${hubKubeconfig}
Repository   git clone ${cloneUrl}

Clusters     labels                   kind        kubeconfig
${rows.join("\n")}

Try, in another terminal:
  export DROVER_KUBECONFIG=${hubKubeconfig}
  npm run --silent drover -- status
  npm run --silent drover -- label cluster ${clusters[1]?.name ?? "NAME"} tier=gold
  kubectl --kubeconfig ${hubKubeconfig} get gitrepos,bundles,clusters
  git clone ${cloneUrl} && cd config    # edit shop/settings.yaml, commit, push
`;
}

process.exitCode = await runDemo(process.argv.slice(2));
