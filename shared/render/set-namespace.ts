import type { DeploymentOptions } from "../api/deployment-options.ts";
import type { KubeObject } from "../api/meta.ts";
import { AppError } from "../errors.ts";
import type { ScopeOf } from "./kind-scope.ts";

/** Namespace of objects that name none, where fleet.yaml sets neither `namespace` nor `defaultNamespace`. */
export const fallbackNamespace = "default";

/** Returns the namespace that a deployment's objects without one go to. */
export function releaseNamespace(options: DeploymentOptions): string {
  return options.namespace ?? options.defaultNamespace ?? fallbackNamespace;
}

/**
 * Returns the objects in the namespaces where they will be: `namespace` on every one (a cluster-scoped object is then
 * refused with `NAMESPACE_FORBIDS_CLUSTER`), else `defaultNamespace` on those without. Kinds that nobody knows count as
 * namespaced; cluster-scoped ones lose a namespace that was written on them.
 */
export function setNamespaces(
  objects: readonly KubeObject[],
  options: DeploymentOptions,
  scopeOf: ScopeOf,
): KubeObject[] {
  const refused = objects.filter((object) => scopeOf(object.apiVersion, object.kind) === "Cluster");
  if (options.namespace !== undefined && refused.length > 0) {
    const names = refused.map((object) => `${object.kind} ${object.metadata.name ?? ""}`).join(", ");
    throw new AppError(
      "NAMESPACE_FORBIDS_CLUSTER",
      `namespace: ${options.namespace} allows no cluster-scoped objects, but there are: ${names}; use defaultNamespace instead`,
      { verdict: "stalled" },
    );
  }
  const fallback = releaseNamespace(options);
  return objects.map((object) => {
    const isCluster = scopeOf(object.apiVersion, object.kind) === "Cluster";
    if (isCluster) return object.metadata.namespace === undefined ? object : withoutNamespace(object);
    return withNamespace(object, options.namespace ?? (object.metadata.namespace || fallback));
  });
}

/** Returns the objects as Fleet prints them offline: `namespace` on every one, also on cluster-scoped ones. */
export function forceNamespace(objects: readonly KubeObject[], options: DeploymentOptions): KubeObject[] {
  const { namespace } = options;
  return namespace === undefined ? [...objects] : objects.map((object) => withNamespace(object, namespace));
}

function withNamespace(object: KubeObject, namespace: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace } };
}

function withoutNamespace(object: KubeObject): KubeObject {
  const { namespace: _dropped, ...metadata } = object.metadata;
  return { ...object, metadata };
}
