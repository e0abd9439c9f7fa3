import type { JsonObject } from "../../../codec/json-value.ts";
import type { ApiObject } from "../api-object.ts";
import { fieldAt } from "../json-fields.ts";
import { count, firstOf, objectsAt, textAt, textOr, type KindCells } from "./cell-values.ts";

// formatHPAMetrics of kubernetes/pkg/printers/internalversion/printers.go.

const sources: Readonly<Record<string, string>> = {
  ContainerResource: "containerResource",
  External: "external",
  Object: "object",
  Pods: "pods",
  Resource: "resource",
};

function formatMetric(spec: JsonObject, status: JsonObject | undefined): string {
  const source = sources[textAt(spec, "type")];
  if (source === undefined) return "<unknown type>";
  const target = fieldAt(spec, source, "target");
  const average = textAt(target, "averageValue");
  const current = (name: string): string => textOr("<unknown>", status, source, "current", name);
  if (source === "resource" || source === "containerResource") {
    const name = textAt(spec, source, "name");
    if (average !== "") return `${name}: ${current("averageValue")}/${average}`;
    const used = textAt(status, source, "current", "averageUtilization");
    const wanted = textAt(target, "averageUtilization");
    return `${name}: ${used === "" ? "<unknown>" : `${used}%`}/${wanted === "" ? "<auto>" : `${wanted}%`}`;
  }
  if (average === "") return `${current("value")}/${textAt(target, "value")}`;
  return `${current("averageValue")}/${average}${source === "pods" ? "" : " (avg)"}`;
}

function targetsOf(autoscaler: ApiObject): string {
  const specs = objectsAt(autoscaler, "spec", "metrics");
  if (specs.length === 0) return "<none>";
  const statuses = objectsAt(autoscaler, "status", "currentMetrics");
  return firstOf(
    2,
    specs.map((spec, index) => formatMetric(spec, statuses[index])),
    ", ",
  );
}

/** The cells of autoscalers in version v2. */
export const autoscalerCells: KindCells = {
  Reference: (object) =>
    `${textAt(object, "spec", "scaleTargetRef", "kind")}/${textAt(object, "spec", "scaleTargetRef", "name")}`,
  Targets: targetsOf,
  MinPods: (object) => textOr("<unset>", object, "spec", "minReplicas"),
  MaxPods: count("spec.maxReplicas"),
  Replicas: count("status.currentReplicas"),
};
