import type { JsonObject } from "../../codec/json-value.ts";
import { toAppError } from "../../shared/errors.ts";
import { factsOf } from "../../shared/targeting/target-bundle.ts";
import {
  type CommandContext,
  type CommandInput,
  type CommandOption,
  switchOption,
  textOption,
  UsageError,
} from "../command.ts";
import { renderCpuOf } from "../helm/render-cpu.ts";
import type { OfflineFault } from "./fault-document.ts";
import { createOfflineRenderer } from "./offline-renderer.ts";
import type { Targeted } from "./target-all.ts";
import { asJson } from "./target-view.ts";

/** Options of rendering. */
export const renderOptions = {
  "kube-version": { type: "string", value: "VERSION", description: "Kubernetes version assumed. Default v1.36.0." },
  "fleet-marks": { type: "boolean", description: "Add the label and annotation that Fleet's own output has." },
} as const satisfies Record<string, CommandOption>;

/** The objects of one bundle on one cluster, in the order in which they are applied. */
export interface RenderedDeployment {
  readonly bundle: string;
  readonly cluster: string;
  readonly objects: readonly JsonObject[];
}

/** Returns what clusters get: nothing for what is not deployed or only staged. What fails is a fault of the phase `deploy`. */
export async function renderAll(
  entries: readonly Targeted[],
  input: CommandInput,
  { env }: Pick<CommandContext, "env">,
): Promise<{
  readonly rendered: readonly RenderedDeployment[];
  readonly faults: readonly OfflineFault[];
  /** What rendering warns of, each once for all clusters. */
  readonly notes: readonly string[];
}> {
  const rendered: RenderedDeployment[] = [];
  const faults: OfflineFault[] = [];
  const notes = new Set<string>();
  await using renderer = await createOfflineRenderer({
    kubeVersion: kubeVersionOf(input),
    fleetMarks: switchOption(input, "fleet-marks"),
    path: env["PATH"] ?? "",
    ...renderCpuOf(env),
  });
  for (const { assembled, entry, cluster } of entries) {
    const { deployment } = entry;
    if (deployment?.promoted !== true) continue;
    const bundle = assembled.bundle.metadata.name ?? "";
    try {
      const { options } = deployment;
      const { objects, warnings } = await renderer.render({ assembled, options, facts: factsOf(entry.cluster) });
      rendered.push({ bundle, cluster, objects: objects.map(asJson) });
      for (const warning of warnings) notes.add(`${bundle}: ${warning}`);
    } catch (error) {
      faults.push({ phase: "deploy", bundle, cluster, error: toAppError(error) });
    }
  }
  return { rendered, faults, notes: [...notes] };
}

/** Returns the version that charts are told; throws UsageError for what is none. */
export function kubeVersionOf(input: CommandInput): string {
  const kubeVersion = textOption(input, "kube-version") ?? "v1.36.0";
  if (/^v?\d+\.\d+/u.test(kubeVersion)) return kubeVersion;
  throw new UsageError(`--kube-version ${kubeVersion} is none: write v1.36.0, for example`);
}
