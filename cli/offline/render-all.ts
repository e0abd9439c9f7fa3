import type { JsonObject } from "../../codec/json-value.ts";
import { strictFault, warningLine } from "../../shared/bundle/strict.ts";
import type { BundleWarning } from "../../shared/bundle/warning.ts";
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
import { renderNotes } from "./render-warnings.ts";
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

/** What is rendered. */
interface RenderedEntries {
  readonly entries: readonly Targeted[];
  /** A deployment that rendering warns of is a fault, and has no objects. */
  readonly strict?: boolean | undefined;
}

/** Returns what clusters get: nothing for what is not deployed or only staged. What fails is a fault of the phase `deploy`. */
export async function renderAll(
  { entries, strict = false }: RenderedEntries,
  input: CommandInput,
  { env }: Pick<CommandContext, "env">,
): Promise<{
  readonly rendered: readonly RenderedDeployment[];
  readonly faults: readonly OfflineFault[];
  /** What the repository is to blame for, each once for all clusters; none where they are faults. */
  readonly warnings: readonly BundleWarning[];
  /** What else rendering says, each once for all clusters. */
  readonly notes: readonly string[];
}> {
  const rendered: RenderedDeployment[] = [];
  const faults: OfflineFault[] = [];
  const found = new Map<string, BundleWarning>();
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
      const said = renderNotes(assembled, warnings);
      for (const note of said.notes) notes.add(note);
      const refused = strict ? strictFault(said.warnings) : undefined;
      if (refused !== undefined) throw refused;
      for (const warning of said.warnings) found.set(warningLine(warning), warning);
      rendered.push({ bundle, cluster, objects: objects.map(asJson) });
    } catch (error) {
      faults.push({ phase: "deploy", bundle, cluster, error: toAppError(error) });
    }
  }
  return { rendered, faults, warnings: [...found.values()], notes: [...notes] };
}

/** Returns the version that charts are told; throws UsageError for what is none. */
export function kubeVersionOf(input: CommandInput): string {
  const kubeVersion = textOption(input, "kube-version") ?? "v1.36.0";
  if (/^v?\d+\.\d+/u.test(kubeVersion)) return kubeVersion;
  throw new UsageError(`--kube-version ${kubeVersion} is none: write v1.36.0, for example`);
}
