import { createReviewResources } from "../apiserver/access/review-resources.ts";
import type { Authorize } from "../apiserver/access/request-attributes.ts";
import type { RbacAuthorizer } from "../apiserver/access/rbac.ts";
import { builtInColumns } from "../apiserver/resources/built-in-columns/built-in-columns.ts";
import { createBuiltInDefinitions } from "../apiserver/resources/built-in-definitions.ts";
import { builtInSchemas } from "../apiserver/resources/built-in-schemas.ts";
import type {
  ResourceStrategy,
  ServedResource,
  Subresource,
  UserInfo,
} from "../apiserver/resources/resource-definition.ts";
import type { ClusterCredentials } from "./cluster-credentials.ts";
import { customDefinitionStrategy } from "../apiserver/resources/strategies/custom-definition-strategy.ts";
import { namespaceStrategy } from "../apiserver/resources/strategies/namespace-strategy.ts";
import { podStrategy } from "../apiserver/resources/strategies/pod-strategy.ts";
import { volumeClaimStrategy } from "../apiserver/resources/strategies/volume-claim-strategy.ts";
import { configMapStrategy, secretStrategy } from "../apiserver/resources/strategies/secret-strategy.ts";
import { createServiceStrategy } from "../apiserver/resources/strategies/service-strategy.ts";
import {
  bindingStrategy,
  daemonSetStrategy,
  jobStrategy,
  selectorStrategy,
  statefulSetStrategy,
} from "../apiserver/resources/strategies/workload-strategies.ts";
import type { ObjectStore } from "../apiserver/storage/object-store.ts";

/** What the kinds of a simulated cluster need. */
export interface ClusterKindsOptions {
  readonly store: ObjectStore;
  readonly authorize: Authorize;
  readonly rbac: RbacAuthorizer;
  readonly credentials: ClusterCredentials;
  /** Subresources with code of their own, by "group/plural". */
  readonly subresources: Readonly<Record<string, Readonly<Record<string, Subresource>>>>;
}

/** Returns what is particular to each kind; the Service strategy allocates addresses, so each cluster has its own. */
function createStrategies(): Readonly<Record<string, ResourceStrategy>> {
  return {
    "/configmaps": configMapStrategy,
    "/namespaces": namespaceStrategy,
    "/persistentvolumeclaims": volumeClaimStrategy,
    "/pods": podStrategy,
    "/secrets": secretStrategy,
    "/services": createServiceStrategy(),
    "apiextensions.k8s.io/customresourcedefinitions": customDefinitionStrategy,
    "apps/daemonsets": daemonSetStrategy,
    "apps/deployments": selectorStrategy,
    "apps/replicasets": selectorStrategy,
    "apps/statefulsets": statefulSetStrategy,
    "batch/jobs": jobStrategy,
    "rbac.authorization.k8s.io/clusterrolebindings": bindingStrategy,
    "rbac.authorization.k8s.io/rolebindings": bindingStrategy,
  };
}

/** Returns the kinds that a simulated cluster serves from its start: Kubernetes' own and the reviews. */
export function clusterKinds({
  store,
  authorize,
  rbac,
  credentials,
  subresources,
}: ClusterKindsOptions): readonly ServedResource[] {
  const strategies = createStrategies();
  const stored = createBuiltInDefinitions({
    store,
    strategyFor: (resource) => strategies[resource] ?? {},
    columnsFor: builtInColumns,
    subresourcesFor: (resource) => subresources[resource] ?? {},
  });
  const rulesFor = async (user: UserInfo, namespace: string) => rbac.rulesFor(user, namespace);
  const { userOfToken } = credentials;
  return [...stored, ...createReviewResources({ authorize, rulesFor, userOfToken, schemas: builtInSchemas() })];
}
