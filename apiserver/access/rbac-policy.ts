import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import type { ApiObject } from "../resources/api-object.ts";
import { fieldAt } from "../resources/json-fields.ts";
import { labelSelectorOf } from "../resources/label-selector.ts";
import type { UserInfo } from "../resources/resource-definition.ts";
import { parseRules, type PolicyRule } from "./policy-rule.ts";

/** The objects of rbac.authorization.k8s.io. */
export interface RbacObjects {
  readonly roles: readonly ApiObject[];
  readonly clusterRoles: readonly ApiObject[];
  readonly roleBindings: readonly ApiObject[];
  readonly clusterRoleBindings: readonly ApiObject[];
}

/** A binding with its rules looked up. */
interface Grant {
  /** "" for everywhere. */
  readonly namespace: string;
  readonly rules: readonly PolicyRule[];
  appliesTo(user: UserInfo): boolean;
}

/** Who may do what, ready to be asked. */
export interface RbacPolicy {
  /** Returns the rules that a user has in a namespace ("" : at the cluster scope only). */
  rulesFor(user: UserInfo, namespace: string): readonly PolicyRule[];
}

/** Returns the policy of a set of roles and bindings. */
export function compilePolicy(objects: RbacObjects): RbacPolicy {
  const clusterRules = new Map(objects.clusterRoles.map((role) => [role.metadata.name ?? "", rulesOf(role, objects)]));
  const roleRules = new Map(objects.roles.map((role) => [keyOf(role), parseRules(role)]));
  const grants = [...objects.clusterRoleBindings, ...objects.roleBindings].map((binding): Grant => {
    const namespace = binding.metadata.namespace ?? "";
    const name = textOf(fieldAt(binding, "roleRef", "name"));
    const isClusterRole = fieldAt(binding, "roleRef", "kind") === "ClusterRole";
    const rules = (isClusterRole ? clusterRules.get(name) : roleRules.get(`${namespace}/${name}`)) ?? [];
    const subjects = listOf(binding["subjects"]);
    return { namespace, rules, appliesTo: (user) => subjects.some((subject) => isSubject(subject, user, namespace)) };
  });
  return {
    rulesFor: (user, namespace) =>
      grants
        .filter((grant) => grant.namespace === "" || (namespace !== "" && grant.namespace === namespace))
        .filter((grant) => grant.appliesTo(user))
        .flatMap(({ rules }) => rules),
  };
}

/** An aggregated ClusterRole has the rules of all that its selectors choose. */
function rulesOf(role: ApiObject, { clusterRoles }: RbacObjects): readonly PolicyRule[] {
  const selectors = listOf(fieldAt(role, "aggregationRule", "clusterRoleSelectors")).map((selector) =>
    labelSelectorOf(selector),
  );
  if (selectors.length === 0) return parseRules(role);
  return clusterRoles
    .filter((other) => other !== role && selectors.some((selector) => selector.matches(other.metadata.labels)))
    .flatMap(parseRules);
}

function isSubject(subject: JsonObject, user: UserInfo, bindingNamespace: string): boolean {
  const name = textOf(subject["name"]);
  const kind = textOf(subject["kind"]);
  if (kind === "User") return user.name === name;
  if (kind === "Group") return user.groups.includes(name);
  if (kind !== "ServiceAccount") return false;
  const namespace = textOf(subject["namespace"]);
  return user.name === `system:serviceaccount:${namespace === "" ? bindingNamespace : namespace}:${name}`;
}

function keyOf({ metadata }: ApiObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name ?? ""}`;
}

function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
