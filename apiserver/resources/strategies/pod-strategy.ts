import { isJsonObject, type JsonObject } from "../../../codec/json-value.ts";
import type { ApiObject } from "../api-object.ts";
import { fieldAt } from "../json-fields.ts";
import { podSpecFaults } from "./validate-pod-spec.ts";
import type { ResourceStrategy } from "../resource-definition.ts";

/** Pods begin as Pending under a service account, and have time to end once they run on a node. */
export const podStrategy: ResourceStrategy = {
  prepareForCreate: (pod) => {
    const spec: JsonObject = isJsonObject(pod["spec"]) ? pod["spec"] : {};
    const account = spec["serviceAccountName"] ?? "default";
    return {
      ...pod,
      spec: { ...spec, serviceAccountName: account, serviceAccount: account },
      status: { phase: "Pending", qosClass: "BestEffort" },
    };
  },
  validateCreate: (pod) => podSpecFaults(isJsonObject(pod["spec"]) ? pod["spec"] : {}, "spec"),
  defaultGraceSeconds: (pod) => {
    const phase = fieldAt(pod, "status", "phase");
    const hasEnded = phase === "Succeeded" || phase === "Failed";
    if (hasEnded || !hasNode(pod)) return 0;
    const seconds = fieldAt(pod, "spec", "terminationGracePeriodSeconds");
    return typeof seconds === "number" ? seconds : 30;
  },
};

function hasNode(pod: ApiObject): boolean {
  const node = fieldAt(pod, "spec", "nodeName");
  return typeof node === "string" && node !== "";
}
