import { ApiError } from "../resources/api-error.ts";
import type { UserInfo } from "../resources/resource-definition.ts";
import { resourceKey, type ObjectStore } from "../storage/object-store.ts";
import { ruleAllows, type PolicyRule } from "./policy-rule.ts";
import { compilePolicy, type RbacPolicy } from "./rbac-policy.ts";
import type { AccessAttributes, AccessDecision } from "./request-attributes.ts";

const group = "rbac.authorization.k8s.io";
const collections = ["roles", "clusterroles", "rolebindings", "clusterrolebindings"] as const;

/** Decides by Role, ClusterRole and binding objects. */
export interface RbacAuthorizer {
  authorize(attributes: AccessAttributes): Promise<AccessDecision>;
  /** Returns the rules that a user has in a namespace, for SelfSubjectRulesReview and escalation checks. */
  rulesFor(user: UserInfo, namespace: string): Promise<readonly PolicyRule[]>;
}

/** Settings of the authorizer. */
export interface RbacOptions {
  readonly store: ObjectStore;
  /** Who may do everything whatever the roles say (default: the group system:masters). */
  readonly superusers?: readonly string[];
}

/**
 * Returns an authorizer that reads its roles from a store. They are compiled once and again after each change, of which
 * the store's own watch tells; `signal` ends these watches.
 */
export function createRbacAuthorizer(options: RbacOptions, signal: AbortSignal): RbacAuthorizer {
  const { store, superusers = ["system:masters"] } = options;
  let compiled: Promise<RbacPolicy> | undefined;

  async function compile(): Promise<RbacPolicy> {
    const watching = new AbortController();
    const until = AbortSignal.any([signal, watching.signal]);
    const forget = (): void => {
      compiled = undefined;
      watching.abort();
    };
    const [roles = [], clusterRoles = [], roleBindings = [], clusterRoleBindings = []] = await Promise.all(
      collections.map(async (plural) => {
        const resource = resourceKey(group, plural);
        const list = await store.list({ resource });
        const changes = store.watch({ resource, fromResourceVersion: list.resourceVersion }, until);
        void firstOf(changes).then(forget, forget);
        return list.items;
      }),
    );
    return compilePolicy({ roles, clusterRoles, roleBindings, clusterRoleBindings });
  }

  async function policy(): Promise<RbacPolicy> {
    compiled ??= compile().catch((error: unknown) => {
      compiled = undefined;
      throw error;
    });
    return compiled;
  }

  async function rulesFor(user: UserInfo, namespace: string): Promise<readonly PolicyRule[]> {
    return (await policy()).rulesFor(user, namespace);
  }

  async function authorize(attributes: AccessAttributes): Promise<AccessDecision> {
    const { user } = attributes;
    if (user.groups.some((name) => superusers.includes(name))) return { allowed: true };
    const rules = await rulesFor(user, attributes.type === "path" ? "" : attributes.namespace);
    return { allowed: rules.some((rule) => ruleAllows(rule, attributes)) };
  }

  return { authorize, rulesFor };
}

/** Waits for the first change; the end of the watch, and one that has lagged, count as a change. */
async function firstOf(changes: AsyncIterable<{ readonly type: string }>): Promise<void> {
  try {
    for await (const { type } of changes) if (type !== "progress") return;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}
