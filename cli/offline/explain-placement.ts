import type { JsonObject, JsonValue } from "../../codec/json-value.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import type { RepoTree } from "../../shared/bundle/repo-tree.ts";
import { scopeOfBuiltIn } from "../../shared/render/built-in-kinds.ts";
import { releaseNamespace } from "../../shared/render/set-namespace.ts";
import { type ExplainStep, explainOption, type OptionPath } from "./explain-option.ts";
import { keyOf, shownValue } from "./explain-value.ts";
import type { Targeted } from "./target-all.ts";

/** A field of an object that is rendered. */
export interface PlacedField {
  readonly rendered: JsonObject;
  readonly path: OptionPath;
  /** Undefined where the object has no such field. */
  readonly value: JsonValue | undefined;
}

/** The label by which agents select what they watch. */
const partOfLabel = "applyset.kubernetes.io/part-of";

/**
 * Returns the steps of what is done with objects after templates, overlays and kustomize: namespaces and marks. `before`
 * are the steps that led there; when they account for the field already, there are none.
 */
export function explainPlacement(
  targeted: Targeted,
  tree: RepoTree,
  field: PlacedField & { readonly before: readonly ExplainStep[] },
): readonly ExplainStep[] {
  const { rendered, path, value, before } = field;
  const name = keyOf(path);
  if (name === `metadata.labels["${partOfLabel}"]`)
    return [{ rule: "the agent labels what it applies, for watches and people", position: {}, handsOn: true }];
  if (name === "metadata.namespace" && value === undefined) return agentNamespace(targeted, tree, rendered);
  const last = before.at(-1)?.value;
  if (stableJson(last ?? null) === stableJson(value ?? null)) return [];
  const { options = {} } = targeted.entry.deployment ?? {};
  if (name === "metadata.namespace" && options.namespace === value)
    return explainOption(targeted, tree, ["namespace"]).map((step) => ({ ...step, rule: `namespace: ${step.rule}` }));
  if (name === 'metadata.annotations["helm.sh/resource-policy"]' && rendered["kind"] === "CustomResourceDefinition")
    return [
      {
        rule: "definitions outlive their bundle, unless deleteCRDResources is true",
        position: {},
        ...shownValue(value),
      },
    ];
  if (name.includes("objectset.rio.cattle.io/"))
    return [{ rule: "mark of Fleet, for --fleet-marks", position: {}, ...shownValue(value) }];
  return [{ rule: "rendering: namespace, labels or a template", position: {}, ...shownValue(value) }];
}

/** Rendered offline an object has no namespace of its own; where it goes is known all the same. */
function agentNamespace(targeted: Targeted, tree: RepoTree, { apiVersion, kind }: JsonObject): readonly ExplainStep[] {
  if (typeof apiVersion !== "string" || typeof kind !== "string") return [];
  if (scopeOfBuiltIn(apiVersion, kind) === "Cluster") return [];
  const rule = "namespace of objects that name none, put by the agent";
  const steps = explainOption(targeted, tree, ["defaultNamespace"]);
  if (steps.length > 0) return steps.map((step) => ({ ...step, rule: `${rule}: ${step.rule}` }));
  return [{ rule, position: {}, value: releaseNamespace(targeted.entry.deployment?.options ?? {}) }];
}
