import {
  type Command,
  type CommandContext,
  type CommandInput,
  listOption,
  requiredArgument,
  switchOption,
  textOption,
} from "../command.ts";
import type { TemplateRequest } from "../helm/template-chart.ts";
import { refusedByTemplate, templateFlags } from "../helm/template-flags.ts";
import { refuseFlags } from "../helm/refused-flags.ts";

/** `drover helm template`: what a chart renders to, byte for byte as `helm template` prints it, without a cluster. */
export const helmTemplate: Command = {
  name: "helm template",
  summary: "Render a chart as `helm template` does",
  usage: "[NAME] CHART",
  examples: [
    "drover helm template web ./charts/web -f values-prod.yaml --set replicas=3",
    "drover helm template web web-1.2.3.tgz --kube-version 1.30 --show-only templates/deployment.yaml",
    "drover helm template web web --repo https://charts.example --version ^2.0.0 --output-dir ./rendered",
    "drover helm template web oci://registry.example/charts/web --version 1.2.3",
  ],
  options: templateFlags,
  run: async (input, context) => {
    requiredArgument(input, 0, "CHART");
    refuseFlags(input, refusedByTemplate);
    // Loaded here, so that other commands start without the engine.
    const [{ ChartError }, { templateBytes, templateChart }] = await Promise.all([
      import("../../helm/chart/chart-error.ts"),
      import("../helm/template-chart.ts"),
    ]);
    try {
      const request = await readRequest(input, context);
      context.expectTemplates?.(templateBytes(request.chart));
      const { text, files, warnings } = templateChart(request);
      for (const warning of warnings) context.printError(warning);
      if (files.length > 0) {
        const { writeOutput } = await import("../helm/write-output.ts");
        const folder = textOption(input, "output-dir") ?? "";
        await writeOutput(files, { cwd: context.cwd, folder, print: context.print });
      }
      context.print(text().slice(0, -1));
      return 0;
    } catch (error) {
      if (!(error instanceof ChartError)) throw error;
      context.printError(`Error: ${error.message}`);
      return 1;
    }
  },
};

/** Loaded where it is asked for. */
async function readPostRender(input: CommandInput, context: CommandContext): Promise<TemplateRequest["postRender"]> {
  if (listOption(input, "post-renderer").length === 0) return undefined;
  return (await import("../helm/post-renderer.ts")).readPostRenderer(input, context);
}

async function readRequest(input: CommandInput, context: CommandContext): Promise<TemplateRequest> {
  const [{ checkTemplateFlags }, { readKubeVersion }, { readReleaseIdentity }, { readGivenValues }] = await Promise.all(
    [
      import("../helm/check-template-flags.ts"),
      import("../helm/kube-version.ts"),
      import("../helm/release-identity.ts"),
      import("../helm/value-options.ts"),
    ],
  );
  const postRender = await readPostRender(input, context);
  checkTemplateFlags(input);
  const kubeVersion = readKubeVersion(textOption(input, "kube-version"));
  const { name, reference } = readReleaseIdentity(input);
  const { loadInstallable } = await import("../helm/load-installable.ts");
  const { chart, values } = await loadInstallable(reference, {
    input,
    context,
    readValues: () => readGivenValues(input, context.cwd),
  });
  const cpu = context.env["DROVER_RENDER_CPU_MS"];
  const dns = switchOption(input, "enable-dns") ? await import("../helm/resolve-host.ts") : undefined;
  return {
    chart,
    values,
    name,
    namespace: textOption(input, "namespace") ?? context.env["HELM_NAMESPACE"] ?? "default",
    kubeVersion,
    apiVersions: listOption(input, "api-versions").flatMap((list) => (list === "" ? [] : list.split(","))),
    isUpgrade: switchOption(input, "is-upgrade"),
    includeCrds: switchOption(input, "include-crds"),
    noHooks: switchOption(input, "no-hooks"),
    skipTests: switchOption(input, "skip-tests"),
    skipSchemaValidation: switchOption(input, "skip-schema-validation"),
    showOnly: listOption(input, "show-only"),
    output:
      (textOption(input, "output-dir") ?? "") === ""
        ? undefined
        : { releaseFolder: switchOption(input, "release-name") ? `${name}/` : "" },
    cpuMs: cpu === undefined || cpu === "" ? undefined : (await import("../helm/render-cpu.ts")).readRenderCpu(cpu),
    postRender,
    resolveHost: dns?.createHostResolver(),
  };
}
