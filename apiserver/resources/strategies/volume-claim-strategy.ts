import { isJsonObject } from "../../../codec/json-value.ts";
import type { ResourceStrategy } from "../resource-definition.ts";

/** Holds a claim while a pod uses it. */
export const volumeClaimFinalizer = "kubernetes.io/pvc-protection";

/** Claims are protected, and have a class: the default one when they name none. */
export const volumeClaimStrategy: ResourceStrategy = {
  prepareForCreate: (claim) => {
    const spec = isJsonObject(claim["spec"]) ? claim["spec"] : {};
    return {
      ...claim,
      spec: { ...spec, storageClassName: spec["storageClassName"] ?? "standard" },
      status: { phase: "Pending" },
    };
  },
  allot: (claim) => {
    const isNew = claim.metadata.resourceVersion === undefined;
    if (!isNew || claim.metadata.finalizers?.includes(volumeClaimFinalizer) === true) return claim;
    const finalizers = [...(claim.metadata.finalizers ?? []), volumeClaimFinalizer];
    return { ...claim, metadata: { ...claim.metadata, finalizers } };
  },
};
