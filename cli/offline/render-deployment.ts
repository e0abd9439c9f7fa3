import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Content } from "../../shared/api/content.ts";
import type { DeploymentOptions } from "../../shared/api/deployment-options.ts";
import type { AssembledBundle } from "../../shared/bundle/assemble-bundle.ts";
import type { ClusterFacts } from "../../shared/protocol/desired-document.ts";
import { bundleStyle, kustomizeDir } from "../../shared/render/kustomize-variants.ts";
import type { RenderResult } from "../../shared/render/render-objects.ts";
import {
  createKustomizeRenderer,
  type KustomizeCall,
  type KustomizeRenderer,
} from "../../shared/runtime/kustomize/kustomize.ts";
import { renderKustomized } from "../../shared/runtime/kustomize/render-kustomized.ts";

/** One bundle on one cluster. */
export interface OfflineDeployment {
  readonly assembled: AssembledBundle;
  readonly options: DeploymentOptions;
  readonly facts: ClusterFacts;
  readonly kubeVersion: string;
  readonly fleetMarks: boolean;
  /** PATH in which kustomize or kubectl is looked for. */
  readonly path: string;
}

/** Returns what the cluster would get, in apply order: the same code that agents run. */
export async function renderDeployment({
  assembled,
  options,
  facts,
  kubeVersion,
  fleetMarks,
  path,
}: OfflineDeployment): Promise<Pick<RenderResult, "objects" | "warnings">> {
  const { bundle, contentId } = assembled;
  const name = `${bundle.metadata.namespace ?? ""}/${bundle.metadata.name ?? ""}`;
  const folder = await mkdtemp(join(tmpdir(), "drover-render-"));
  try {
    const kustomize = createKustomizeRenderer({ path, dir: folder, where: "on this machine" });
    const dir = kustomizeDir(bundleStyle(assembled.content), options);
    const content =
      dir === undefined
        ? assembled.content
        : await kustomized(kustomize, { content: assembled.content, contentId, dir });
    const input = { bundle: name, content, options, facts, kubeVersion, namespaces: "offline", fleetMarks } as const;
    return await renderKustomized(input, kustomize);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function kustomized(kustomize: KustomizeRenderer, call: KustomizeCall): Promise<Content> {
  return { source: "objects", resources: [{ name: "objects.yaml", content: await kustomize.render(call) }] };
}
