import type { DeploymentOptions } from "../../shared/api/deployment-options.ts";
import { sha256Hex } from "../../codec/stable-hash.ts";
import { readManagedFields } from "../../shared/drift/managed-fields.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { AppError } from "../../shared/errors.ts";
import { compileSelector } from "../../shared/targeting/match-selector.ts";
import { wellKnown } from "../kube/api-resource.ts";
import { hasCode } from "../kube/kube-status.ts";
import type { KubeClient } from "../kube/kube-client.ts";

/** Returns the namespace that a deployment's objects go to when they name none. */
export function deploymentNamespace(options: DeploymentOptions): string {
  return options.namespace || options.defaultNamespace || "default";
}

/**
 * Makes the deployment's namespace when it is missing (unless `createNamespace` is false) and gives it
 * `namespaceLabels` and `namespaceAnnotations`, under a manager of its own per bundle, so that nothing that others set
 * is lost. It is in no inventory: the agent never deletes it.
 */
export async function ensureNamespace(client: KubeClient, bundle: string, options: DeploymentOptions): Promise<void> {
  const name = deploymentNamespace(options);
  const target = { resource: wellKnown.namespace, namespace: "", name };
  let live = await client.get(target);
  refuseNamespace(name, live, options);
  if (live === undefined) {
    if (options.createNamespace === false) return;
    live = await client
      .create(target, { apiVersion: "v1", kind: "Namespace", metadata: { name } })
      .catch((error: unknown) => {
        if (hasCode(error, "KUBE_ALREADY_EXISTS")) return undefined;
        throw error;
      });
  }
  const { namespaceLabels = {}, namespaceAnnotations = {} } = options;
  const manager = `drover-namespace-${sha256Hex(bundle).slice(0, 12)}`;
  const wanted = Object.keys(namespaceLabels).length + Object.keys(namespaceAnnotations).length > 0;
  const had = live !== undefined && readManagedFields(live.metadata).some((entry) => entry.manager === manager);
  if (!wanted && !had) return;
  const metadata = { name, labels: namespaceLabels, annotations: namespaceAnnotations };
  await client.apply(target, { apiVersion: "v1", kind: "Namespace", metadata }, { force: true, manager });
}

/** Fleet: with `allowedTargetNamespaceSelector` the namespace must be there already and match. */
function refuseNamespace(name: string, live: KubeObject | undefined, options: DeploymentOptions): void {
  const selector = options.allowedTargetNamespaceSelector;
  if (selector === undefined || (live !== undefined && compileSelector(selector)(live.metadata.labels ?? {}))) return;
  const problem = live === undefined ? "it does not exist" : "its labels do not match";
  throw new AppError(
    "NAMESPACE_NOT_ALLOWED",
    `namespace ${name} may not be targeted: ${problem} (allowedTargetNamespaceSelector)`,
    {
      verdict: "waiting",
      afterMs: 60_000,
    },
  );
}
