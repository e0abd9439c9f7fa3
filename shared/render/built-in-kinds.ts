// Made by tools/built-in-kinds from k8s.io/client-go v0.36.3 (Apache License 2.0).
import table from "./built-in-kinds.json" with { type: "json" };

/** How a strategic merge patch treats one member of a built-in type; absent members: maps merge, lists are replaced. */
export interface PatchRule {
  /** Merge key of a list of maps. */
  readonly key?: string;
  readonly merge?: boolean;
  readonly retainKeys?: boolean;
  readonly replace?: boolean;
  /** Name of the member's (or its items') own type. */
  readonly type?: string;
}

/** Rules by member name. */
export type PatchRules = Readonly<Record<string, PatchRule>>;

/** Whether objects of a kind live in a namespace. */
export type KindScope = "Namespaced" | "Cluster";

const kinds: Readonly<Record<string, Readonly<Record<string, string>>>> = table.kinds;
const types: Readonly<Record<string, PatchRules>> = table.types;
const scopes: Readonly<Record<string, Readonly<Record<string, string>>>> = table.scopes;

/** Returns the patch rules of a kind that Kubernetes' client libraries know, undefined for others (custom resources). */
export function patchRulesOf(apiVersion: string, kind: string): PatchRules | undefined {
  const byKind = Object.hasOwn(kinds, apiVersion) ? kinds[apiVersion] : undefined;
  if (byKind === undefined || !Object.hasOwn(byKind, kind)) return undefined;
  return rulesOfType(byKind[kind]);
}

/** Returns the patch rules of a type by the name that `PatchRule.type` gives; without one there are none. */
export function rulesOfType(type: string | undefined): PatchRules {
  return type !== undefined && Object.hasOwn(types, type) ? (types[type] ?? {}) : {};
}

/** Returns the scope of a built-in kind, undefined for others. The version does not matter. */
export function scopeOfBuiltIn(apiVersion: string, kind: string): KindScope | undefined {
  const byKind = scopes[groupOf(apiVersion)];
  if (byKind === undefined || !Object.hasOwn(byKind, kind)) return undefined;
  return byKind[kind] === "Cluster" ? "Cluster" : "Namespaced";
}

/** Returns the group of an apiVersion: "" for the core group's `v1`. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}
