import type { PrinterColumn } from "../resource-definition.ts";
import { accessCells } from "./access-cells.ts";
import { autoscalerCells } from "./autoscaler-cells.ts";
import { age, type Cell, type KindCells } from "./cell-values.ts";
import { clusterCells } from "./cluster-cells.ts";
import { columnDefinitions } from "./column-definitions.ts";
import { networkCells } from "./network-cells.ts";
import { podCells } from "./pod-cells.ts";
import { workloadCells } from "./workload-cells.ts";

const cells: Readonly<Record<string, KindCells>> = {
  ...accessCells,
  ...clusterCells,
  ...networkCells,
  ...workloadCells,
  "/pods": podCells,
  "autoscaling/horizontalpodautoscalers": autoscalerCells,
};

const commonCells: KindCells = {
  Age: age,
  "Created At": ({ metadata }) => metadata.creationTimestamp ?? null,
};

/** One of the newest versions where a kind has several. */
const versionOf: Readonly<Record<string, string>> = { autoscaling: "v2" };

/**
 * Returns the columns that kube-apiserver shows for one of its own kinds besides the name, by "group/plural"; a column
 * whose cells we do not know is left out. The time under `Created At` is shown as it is, so the column is no date here.
 */
export function builtInColumns(resource: string): readonly PrinterColumn[] {
  const [group = "", plural = ""] = resource.split("/");
  const own = cells[resource] ?? {};
  const definitions = columnDefinitions()[`${group}/${versionOf[group] ?? "v1"}/${plural}`] ?? [];
  return definitions.flatMap(({ name, type, format, description, priority }): PrinterColumn[] => {
    const cell: Cell | undefined = own[name] ?? commonCells[name];
    if (name === "Name" || cell === undefined) return [];
    return [{ name, type: type === "date" ? "string" : type, format, description, priority, cell }];
  });
}
