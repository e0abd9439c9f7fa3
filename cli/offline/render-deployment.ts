import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Content } from "../../shared/api/content.ts";
import type { DeploymentOptions } from "../../shared/api/deployment-options.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import type { AssembledBundle } from "../../shared/bundle/assemble-bundle.ts";
import type { ClusterFacts } from "../../shared/protocol/desired-document.ts";
import { bundleStyle, kustomizeDir } from "../../shared/render/kustomize-variants.ts";
import { renderObjects } from "../../shared/render/render-objects.ts";
import { createKustomizeRenderer } from "../../shared/runtime/kustomize/kustomize.ts";

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

/** Returns the objects that the cluster would get, in apply order: the same code that agents run. */
export async function renderDeployment({
  assembled,
  options,
  facts,
  kubeVersion,
  fleetMarks,
  path,
}: OfflineDeployment): Promise<readonly KubeObject[]> {
  const { bundle, contentId } = assembled;
  const directory = kustomizeDir(bundleStyle(assembled.content), options);
  const content =
    directory === undefined
      ? assembled.content
      : await kustomized({ content: assembled.content, contentId, directory, path });
  const name = `${bundle.metadata.namespace ?? ""}/${bundle.metadata.name ?? ""}`;
  return renderObjects({ bundle: name, content, options, facts, kubeVersion, namespaces: "offline", fleetMarks })
    .objects;
}

async function kustomized({
  content,
  contentId,
  directory,
  path,
}: {
  content: Content;
  contentId: string;
  directory: string;
  path: string;
}): Promise<Content> {
  const folder = await mkdtemp(join(tmpdir(), "drover-render-"));
  try {
    const objects = await createKustomizeRenderer({ path, dir: folder }).render({ content, contentId, dir: directory });
    return { source: "objects", resources: [{ name: "objects.yaml", content: objects }] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
