import { type JsonObject, type JsonValue, isJsonObject } from "../../../codec/json-value.ts";
import type { DeploymentOptions } from "../../api/deployment-options.ts";
import type { ClusterFacts } from "../../protocol/desired-document.ts";
import { releaseOf } from "../release-of.ts";

/**
 * Returns what `*.yaml.hbs` files can name: `Values` (of `handlebars.values`, under those of `helm.values`), `Cluster`,
 * `Release` and `Bundle`, spelled as in Helm.
 */
export function templateContext(input: {
  readonly bundle: string;
  readonly options: DeploymentOptions;
  readonly facts: ClusterFacts;
}): JsonObject {
  const { bundle, options, facts } = input;
  const name = bundle.slice(bundle.lastIndexOf("/") + 1);
  const namespace = bundle.slice(0, Math.max(bundle.lastIndexOf("/"), 0));
  const release = releaseOf(bundle, options);
  return {
    Values: mergeValues(options.handlebars?.values ?? {}, options.helm?.values ?? {}),
    Cluster: { Name: facts.name, Namespace: facts.namespace, Labels: facts.labels, Annotations: facts.annotations },
    Release: { Name: release.name, Namespace: release.namespace },
    Bundle: { Name: name, Namespace: namespace },
  };
}

function mergeValues(base: JsonObject, over: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = Object.hasOwn(merged, key) ? merged[key] : undefined;
    merged[key] = isJsonObject(below) && isJsonObject(value) ? mergeValues(below, value) : value;
  }
  return merged;
}
