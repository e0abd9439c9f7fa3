import { fromPlainValue } from "../functions/plain-value.ts";
import { type GoMap, type GoValue, TypedMap } from "../template/go-value.ts";
import type { ChartDependency, ChartMetadata, Maintainer } from "./chart-metadata.ts";

/** Returns what templates see as `.Chart`: the fields of Chart.yaml under their names in Go. */
export function chartObject(metadata: ChartMetadata, isRoot: boolean): GoMap {
  return new Map<string, GoValue>([
    ["Name", metadata.name],
    ["Home", metadata.home],
    ["Sources", [...metadata.sources]],
    ["Version", metadata.version],
    ["Description", metadata.description],
    ["Keywords", [...metadata.keywords]],
    ["Maintainers", metadata.maintainers.flatMap((one) => (one === undefined ? [] : [maintainerObject(one)]))],
    ["Icon", metadata.icon],
    ["APIVersion", metadata.apiVersion],
    ["Condition", metadata.condition],
    ["Tags", metadata.tags],
    ["AppVersion", metadata.appVersion],
    ["Deprecated", metadata.deprecated],
    ["Annotations", stringMap(metadata.annotations)],
    ["KubeVersion", metadata.kubeVersion],
    [
      "Dependencies",
      (metadata.dependencies ?? []).flatMap((one) => (one === undefined ? [] : [dependencyObject(one)])),
    ],
    ["Type", metadata.type],
    ["IsRoot", isRoot],
  ]);
}

function stringMap(entries: ReadonlyMap<string, string> | undefined): GoMap {
  return new TypedMap({ goType: "map[string]string", zero: "", entries: entries ?? [], isNil: entries === undefined });
}

function maintainerObject({ name, email, url }: Maintainer): GoMap {
  return new Map([
    ["Name", name],
    ["Email", email],
    ["URL", url],
  ]);
}

function dependencyObject(entry: ChartDependency): GoMap {
  return new Map<string, GoValue>([
    ["Name", entry.name],
    ["Version", entry.version],
    ["Repository", entry.repository],
    ["Condition", entry.condition],
    ["Tags", [...entry.tags]],
    ["Enabled", entry.enabled],
    ["ImportValues", entry.importValues.map((value) => fromPlainValue(value))],
    ["Alias", entry.alias],
  ]);
}
