import type { JsonObject } from "../../codec/json-value.ts";
import { isJsonObject } from "../../codec/json-value.ts";
import type { AccessAttributes } from "./request-attributes.ts";

/** One rule of a Role or ClusterRole. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly nonResourceURLs: readonly string[];
}

/** Returns the rules of a Role or ClusterRole; what is no rule is left out. */
export function parseRules(role: JsonObject): readonly PolicyRule[] {
  const { rules } = role;
  if (!Array.isArray(rules)) return [];
  return rules.filter(isJsonObject).map((rule) => ({
    verbs: words(rule["verbs"]),
    apiGroups: words(rule["apiGroups"]),
    resources: words(rule["resources"]),
    resourceNames: words(rule["resourceNames"]),
    nonResourceURLs: words(rule["nonResourceURLs"]),
  }));
}

function words(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** Returns whether a rule allows what is asked (k8s.io/kubernetes plugin/pkg/auth/authorizer/rbac RuleAllows). */
export function ruleAllows(rule: PolicyRule, asked: AccessAttributes): boolean {
  if (!hasOrStar(rule.verbs, asked.verb)) return false;
  if (asked.type === "path") return rule.nonResourceURLs.some((pattern) => pathMatches(pattern, asked.path));
  const isNamed = rule.resourceNames.length === 0 || rule.resourceNames.includes(asked.name);
  return (
    isNamed && hasOrStar(rule.apiGroups, asked.group) && rule.resources.some((name) => resourceMatches(name, asked))
  );
}

function hasOrStar(list: readonly string[], value: string): boolean {
  return list.includes("*") || list.includes(value);
}

function resourceMatches(
  pattern: string,
  { resource, subresource }: { readonly resource: string; readonly subresource: string },
): boolean {
  if (pattern === "*") return true;
  const full = subresource === "" ? resource : `${resource}/${subresource}`;
  return pattern === full || (subresource !== "" && pattern === `*/${subresource}`);
}

function pathMatches(pattern: string, path: string): boolean {
  if (pattern === "*" || pattern === path) return true;
  return pattern.endsWith("*") && path.startsWith(pattern.slice(0, -1));
}
