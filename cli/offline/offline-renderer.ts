import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stableHash } from "../../codec/stable-hash.ts";
import type { RandomTape } from "../../helm/functions/random-tape.ts";
import type { DeploymentOptions } from "../../shared/api/deployment-options.ts";
import type { Content } from "../../shared/api/content.ts";
import type { AssembledBundle } from "../../shared/bundle/assemble-bundle.ts";
import type { ClusterFacts } from "../../shared/protocol/desired-document.ts";
import { bundleStyle, kustomizeDir } from "../../shared/render/kustomize-variants.ts";
import type { RenderResult } from "../../shared/render/render-objects.ts";
import { createKustomizeRenderer } from "../../shared/runtime/kustomize/kustomize.ts";
import { renderKustomized } from "../../shared/runtime/kustomize/render-kustomized.ts";

/** One bundle on one cluster. */
export interface OfflineDeployment {
  readonly assembled: AssembledBundle;
  /** Merged for the cluster, value templates evaluated. */
  readonly options: DeploymentOptions;
  readonly facts: ClusterFacts;
  /** Results of random functions of an earlier render, which charts get again. */
  readonly random?: RandomTape;
}

/** What all deployments of one call have in common. */
export interface OfflineRendering {
  readonly kubeVersion: string;
  readonly fleetMarks: boolean;
  /** CPU time that a chart may take, in milliseconds; 2000 by default. */
  readonly renderCpuMs?: number;
  /** PATH in which kustomize or kubectl is looked for. */
  readonly path: string;
}

type Rendered = Pick<RenderResult, "objects" | "warnings">;

/** Renders without a hub and without a cluster. */
export interface OfflineRenderer extends AsyncDisposable {
  /** Returns what the cluster would get, in apply order: the same code that agents run. */
  render(deployment: OfflineDeployment): Promise<Rendered>;
}

/** Returns a renderer that renders once for all clusters which the options do not tell apart. */
export async function createOfflineRenderer({
  kubeVersion,
  fleetMarks,
  path,
  renderCpuMs,
}: OfflineRendering): Promise<OfflineRenderer> {
  const folder = await mkdtemp(join(tmpdir(), "drover-render-"));
  const kustomize = createKustomizeRenderer({ path, dir: folder, where: "on this machine" });
  const known = new Map<string, Rendered>();

  async function contentOf({ assembled, options }: OfflineDeployment): Promise<Content> {
    const { content, contentId } = assembled;
    const dir = kustomizeDir(bundleStyle(content), options);
    if (dir === undefined) return content;
    return {
      source: "objects",
      resources: [{ name: "objects.yaml", content: await kustomize.render({ content, contentId, dir }) }],
    };
  }

  return {
    render: async (deployment) => {
      const { assembled, options, facts } = deployment;
      const { namespace = "", name = "" } = assembled.bundle.metadata;
      const bundle = `${namespace}/${name}`;
      const key = [bundle, assembled.contentId, stableHash(options), factsKey(options, facts)].join("\n");
      const before = known.get(key);
      if (before !== undefined) return before;
      const content = await contentOf(deployment);
      const limits = renderCpuMs === undefined ? {} : { renderCpuMs };
      const rules = { kubeVersion, namespaces: "offline", fleetMarks, ...limits } as const;
      const given = { bundle, content, options, facts, ...rules };
      const input = deployment.random === undefined ? given : { ...given, random: deployment.random };
      const { objects, warnings, random = [] } = await renderKustomized(input, kustomize);
      // Every cluster has passwords of its own.
      if (random.length === 0) known.set(key, { objects, warnings });
      return { objects, warnings };
    },
    [Symbol.asyncDispose]: async () => rm(folder, { recursive: true, force: true }),
  };
}

/** Only Handlebars templates read a cluster's facts; in values they are evaluated already. */
function factsKey({ handlebars }: DeploymentOptions, facts: ClusterFacts): string {
  return handlebars === undefined ? "" : stableHash(facts);
}
