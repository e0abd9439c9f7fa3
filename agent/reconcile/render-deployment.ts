import { parseJson } from "../../codec/parse-json.ts";
import { stableHash } from "../../codec/stable-hash.ts";
import * as z from "zod";
import { type Content, contentSchema } from "../../shared/api/content.ts";
import { deploymentOptionsSchema, type DeploymentOptions } from "../../shared/api/deployment-options.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { AppError } from "../../shared/errors.ts";
import type { ClusterFacts, DesiredDeployment } from "../../shared/protocol/desired-document.ts";
import type { Hook } from "../../shared/render/hooks/hook.ts";
import type { ClusterValues } from "../../shared/render/chart/merge-cluster-values.ts";
import { valuesReferences } from "../../shared/render/chart/values-references.ts";
import type { ScopeOf } from "../../shared/render/kind-scope.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { type AgentPlace, deploymentClient, requireServiceAccount } from "./deployment-client.ts";
import type { ValuesInputs } from "./values-inputs.ts";
import type { ReleaseFacts } from "../../shared/render/release-facts.ts";

/** A deployment's objects as rendered for this cluster, and the options that go with them. */
export interface RenderedDeployment {
  readonly objects: readonly KubeObject[];
  readonly hooks: readonly Hook[];
  readonly options: DeploymentOptions;
  readonly warnings: readonly string[];
  /** Hash of the objects and hooks: the same bytes are not applied again. */
  readonly digest: string;
}

/** Turns content and options into objects; in this process or in another one. */
export type Render = (input: {
  readonly bundle: string;
  readonly content: Content;
  readonly options: DeploymentOptions;
  readonly facts: ClusterFacts;
  readonly kubeVersion: string;
  readonly release: ReleaseFacts;
  readonly scopeOf: ScopeOf;
  /** Values read in the cluster, merged over those of the options. */
  readonly values: readonly ClusterValues[];
  /** Everything that the render comes from: what `lookup` found counts for this key only. */
  readonly key: string;
  /** The API server under the deployment's own identity. */
  readonly client: KubeClient;
  /** Whether `lookup` may leave the release's namespace. */
  readonly lookupAnywhere: boolean;
}) => Promise<Pick<RenderedDeployment, "objects" | "hooks" | "warnings">>;

/** Renders one deployment; charts see the release facts. */
export type RenderDeployment = (wanted: DesiredDeployment, release: ReleaseFacts) => Promise<RenderedDeployment>;

/** What rendering needs. */
export interface RenderDeps {
  /** Returns a blob's verified text. */
  readonly blob: (digest: string) => Promise<string>;
  readonly render: Render;
  readonly inputs: Pick<ValuesInputs, "isFresh" | "read">;
  readonly place: AgentPlace;
  readonly facts: () => ClusterFacts;
  readonly factsDigest: () => string;
  readonly kubeVersion: () => Promise<string>;
  readonly scopeOf: ScopeOf;
  /** Rendered objects kept for the next look, in all. */
  readonly maxKeptObjects: number;
}

interface Kept {
  /** What the hub says, and the cluster's version. */
  readonly base: string;
  /** `base`, and what was read in the cluster. */
  readonly key: string;
  readonly result: RenderedDeployment;
}

/** Returns a function that renders a deployment; recent results are kept as long as nothing that they depend on changes. */
export function createDeploymentRenderer(deps: RenderDeps): RenderDeployment {
  const kept = new Map<string, Kept>();
  let keptObjects = 0;

  function keep(bundle: string, entry: Kept): void {
    forget(bundle);
    kept.set(bundle, entry);
    keptObjects += entry.result.objects.length;
    for (const oldest of kept.keys()) {
      if (keptObjects <= deps.maxKeptObjects || oldest === bundle) break;
      forget(oldest);
    }
  }

  function forget(bundle: string): void {
    keptObjects -= kept.get(bundle)?.result.objects.length ?? 0;
    kept.delete(bundle);
  }

  return async (wanted, release) => {
    const { bundle } = wanted;
    const kubeVersion = await deps.kubeVersion();
    const said = [wanted.deploymentId, wanted.content, wanted.options, deps.factsDigest()];
    const base = [...said, kubeVersion, release.revision, release.isUpgrade].join(" ");
    const before = kept.get(bundle);
    if (before?.base === base && deps.inputs.isFresh(bundle)) return before.result;
    const options = parseBlob(deploymentOptionsSchema, await deps.blob(wanted.options), wanted.options);
    refuseUnsupported(bundle, options);
    const client = deploymentClient(deps.place, options.serviceAccount);
    const references = valuesReferences(options);
    if (references.length > 0) await requireServiceAccount(deps.place, options.serviceAccount);
    const values = await deps.inputs.read(bundle, references, client);
    const key = values.length === 0 ? base : `${base} ${stableHash(values)}`;
    if (before?.key === key) return before.result;
    const content = parseBlob(contentSchema, await deps.blob(wanted.content), wanted.content);
    const facts = deps.facts();
    const { scopeOf } = deps;
    const known = { bundle, content, options, facts, kubeVersion, release, scopeOf };
    const { objects, hooks, warnings } = await deps.render({
      ...known,
      values,
      key,
      client,
      lookupAnywhere: wanted.lookup === "cluster",
    });
    const digest = stableHash(hooks.length === 0 ? objects : { objects, hooks });
    const result = { objects, hooks, warnings, options, digest };
    keep(bundle, { base, key, result });
    return result;
  };
}

function parseBlob<S extends z.ZodType>(schema: S, text: string, digest: string): z.output<S> {
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new AppError("BLOB_INVALID", `blob ${digest}: ${z.prettifyError(parsed.error)}`, {
    verdict: "stalled",
    cause: parsed.error,
  });
}

function refuseUnsupported(bundle: string, options: DeploymentOptions): void {
  if ((options.downstreamResources ?? []).length === 0) return;
  throw new AppError(
    "BUNDLE_OPTION_UNSUPPORTED",
    `bundle ${bundle}: downstreamResources are not copied to clusters yet; take them out`,
    {
      verdict: "stalled",
    },
  );
}
