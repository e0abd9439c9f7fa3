import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../api/meta.ts";
import { type KindScope, groupOf, scopeOfBuiltIn } from "./built-in-kinds.ts";

/** Says where objects of a kind live; undefined when it does not know the kind. */
export type ScopeOf = (apiVersion: string, kind: string) => KindScope | undefined;

/**
 * Returns a function that knows the scope of kinds: what the cluster says (`known`), else the CustomResourceDefinitions
 * among the objects themselves, else the built-in kinds.
 */
export function scopesFor(objects: readonly KubeObject[], known: ScopeOf | undefined): ScopeOf {
  const defined = new Map<string, KindScope>();
  for (const object of objects) {
    if (object.kind !== "CustomResourceDefinition" || !isJsonObject(object["spec"])) continue;
    const { group, names, scope } = object["spec"];
    if (typeof group !== "string" || !isJsonObject(names) || typeof names["kind"] !== "string") continue;
    defined.set(`${group}/${names["kind"]}`, scope === "Cluster" ? "Cluster" : "Namespaced");
  }
  return (apiVersion, kind) =>
    known?.(apiVersion, kind) ?? defined.get(`${groupOf(apiVersion)}/${kind}`) ?? scopeOfBuiltIn(apiVersion, kind);
}
