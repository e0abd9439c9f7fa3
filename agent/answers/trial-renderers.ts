import { AppError } from "../../shared/errors.ts";
import type { ValuesReference } from "../../shared/render/chart/values-references.ts";
import { createRender, type CreateRenderDeps } from "../create-render.ts";
import { createDeploymentRenderer, type RenderDeployment, type RenderDeps } from "../reconcile/render-deployment.ts";
import { readValues } from "../reconcile/values-inputs.ts";

/** Renderers that write nothing to the cluster, and watch nothing. */
export interface TrialRenderers {
  /** For what the cluster's document names already: it may read what it reads when it is applied. */
  readonly deployed: RenderDeployment;
  /**
   * For a commit that nobody has deployed: whoever wrote it could make it print what it reads, so that it reads no Secret,
   * looks nothing up, and gets none of the random values that were kept.
   */
  readonly foreign: RenderDeployment;
}

/** What they are made from. */
export type TrialRenderersDeps = Omit<RenderDeps, "inputs" | "maxKeptObjects" | "render"> & CreateRenderDeps;

const noLookups = "a commit that is not deployed looks nothing up while it is planned";

const save = async (): Promise<void> => undefined;

/** Returns the renderers; with `trustAll` a foreign commit is rendered like a deployed one. */
export function createTrialRenderers(deps: TrialRenderersDeps, trustAll: boolean): TrialRenderers {
  const deployed = createDeploymentRenderer({
    ...deps,
    render: createRender({ ...deps, memories: { read: deps.memories.read, save } }),
    inputs: { isFresh: () => false, read: async (_bundle, references, client) => readValues(references, client) },
    maxKeptObjects: 0,
  });
  if (trustAll) return { deployed, foreign: deployed };
  const foreign = createDeploymentRenderer({
    ...deps,
    render: createRender({
      ...deps,
      memories: { read: async () => ({ random: [] }), save },
      refuseLookups: noLookups,
    }),
    inputs: {
      isFresh: () => false,
      read: async (bundle, references, client) => {
        refuseSecrets(bundle, references);
        return readValues(references, client);
      },
    },
    maxKeptObjects: 0,
  });
  return { deployed, foreign };
}

function refuseSecrets(bundle: string, references: readonly ValuesReference[]): void {
  const secret = references.find(({ kind }) => kind === "Secret");
  if (secret === undefined) return;
  const message =
    `bundle ${bundle} takes values from Secret ${secret.namespace}/${secret.name}, which a commit that is not deployed could show: ` +
    "it is planned only where the agent's setting answerPlanSecrets allows it";
  throw new AppError("ANSWER_REFUSED", message, { verdict: "stalled" });
}
