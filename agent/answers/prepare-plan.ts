import type { KubeObject } from "../../shared/api/meta.ts";
import { objectKey, type ObjectKey } from "../../shared/drift/inventory-entry.ts";
import { type AppError, toAppError } from "../../shared/errors.ts";
import type { DesiredDeployment } from "../../shared/protocol/desired-document.ts";
import type { Hook } from "../../shared/render/hooks/hook.ts";
import { releaseFactsOf } from "../../shared/render/release-facts.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { deploymentClient, requireServiceAccount } from "../reconcile/deployment-client.ts";
import { deploymentNamespace } from "../reconcile/ensure-namespace.ts";
import { applySetId } from "../reconcile/marks.ts";
import { prepareHooks, prepareObjects } from "../reconcile/prepare-objects.ts";
import type { RenderedDeployment } from "../reconcile/render-deployment.ts";
import type { AnswerDeps } from "./answer-deps.ts";

/** A deployment rendered for this cluster, as it would be applied. */
export interface PreparedPlan {
  readonly wanted: DesiredDeployment;
  readonly client: KubeClient;
  readonly rendered: RenderedDeployment;
  readonly objects: readonly KubeObject[];
  readonly hooks: readonly Hook[];
  readonly keys: ReadonlySet<ObjectKey>;
}

/** A deployment that cannot be planned. */
export interface FailedPlan {
  readonly wanted: DesiredDeployment;
  readonly error: AppError;
}

/** Renders a deployment without writing anything; what fails is in the result, since others may still be planned. */
export async function preparePlan(deps: AnswerDeps, wanted: DesiredDeployment): Promise<PreparedPlan | FailedPlan> {
  try {
    const { release } = deps.inventories.get(wanted.bundle);
    const render = isDeployed(deps, wanted) ? deps.renderers.deployed : deps.renderers.foreign;
    const rendered = await render(wanted, releaseFactsOf(release, wanted.deploymentId));
    const { serviceAccount } = rendered.options;
    await requireServiceAccount(deps, serviceAccount);
    const preparation = {
      partOf: applySetId(wanted.bundle, deps.namespace),
      namespace: deploymentNamespace(rendered.options),
      scopeOf: deps.scopeOf,
    };
    const objects = prepareObjects(rendered.objects, preparation);
    return {
      wanted,
      client: deploymentClient(deps, serviceAccount),
      rendered,
      objects,
      hooks: prepareHooks(rendered.hooks, preparation),
      keys: new Set(objects.map(objectKey)),
    };
  } catch (error) {
    return { wanted, error: toAppError(error) };
  }
}

/** Whether the document that the agent follows names these very bytes. */
function isDeployed({ desired }: AnswerDeps, { bundle, content, options }: DesiredDeployment): boolean {
  const current = desired.deployment(bundle);
  return current?.content === content && current.options === options;
}
