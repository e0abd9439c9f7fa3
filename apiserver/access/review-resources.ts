import type { JsonObject, JsonValue } from "../../codec/json-value.ts";
import { isJsonObject } from "../../codec/json-value.ts";
import { badRequest } from "../resources/api-error.ts";
import type { ApiObject } from "../resources/api-object.ts";
import { fieldAt } from "../resources/json-fields.ts";
import type { SchemaRegistry } from "../resources/open-api-schema.ts";
import type { HookContext, ReviewDefinition, UserInfo } from "../resources/resource-definition.ts";
import type { PolicyRule } from "./policy-rule.ts";
import type { AccessAttributes, Authorize } from "./request-attributes.ts";

/** What reviews ask. */
export interface ReviewOptions {
  readonly authorize: Authorize;
  readonly rulesFor: (user: UserInfo, namespace: string) => Promise<readonly PolicyRule[]>;
  /** Returns whose token it is, undefined when it is nobody's. */
  readonly userOfToken: (token: string) => Promise<UserInfo | undefined>;
  readonly schemas?: SchemaRegistry | undefined;
}

const accessGroup = "authorization.k8s.io";
const identityGroup = "authentication.k8s.io";

/**
 * Returns the kinds behind `kubectl auth can-i`, `auth whoami` and token reviews: SelfSubjectAccessReview,
 * SubjectAccessReview, LocalSubjectAccessReview, SelfSubjectRulesReview, SelfSubjectReview, TokenReview.
 */
export function createReviewResources(options: ReviewOptions): readonly ReviewDefinition[] {
  const { authorize, schemas } = options;
  const define = (group: string, kind: string, answer: ReviewDefinition["answer"]): ReviewDefinition => ({
    type: "review",
    names: reviewNames(group, kind),
    schema: schemas?.forKind(group, "v1", kind),
    answer,
  });
  const forSubject = async (review: ApiObject): Promise<ApiObject> => decide(review, subjectOf(review), authorize);
  return [
    define(accessGroup, "SelfSubjectAccessReview", async (review, { user }) => decide(review, user, authorize)),
    define(accessGroup, "SubjectAccessReview", forSubject),
    define(accessGroup, "LocalSubjectAccessReview", forSubject),
    define(accessGroup, "SelfSubjectRulesReview", async (review, { user }) => listRules(review, user, options)),
    define(identityGroup, "SelfSubjectReview", async (review, context) => whoAmI(review, context)),
    define(identityGroup, "TokenReview", async (review) => reviewToken(review, options)),
  ];
}

function reviewNames(group: string, kind: string): ReviewDefinition["names"] {
  const singular = kind.toLowerCase();
  return {
    group,
    version: "v1",
    plural: `${singular}s`,
    singular,
    kind,
    listKind: `${kind}List`,
    shortNames: [],
    categories: [],
    namespaced: kind.startsWith("Local"),
  };
}

async function decide(review: ApiObject, user: UserInfo, authorize: Authorize): Promise<ApiObject> {
  const decision = await authorize(attributesOf(review, user));
  const reason = decision.reason === undefined ? {} : { reason: decision.reason };
  return { ...review, status: { allowed: decision.allowed, ...reason } };
}

function attributesOf(review: ApiObject, user: UserInfo): AccessAttributes {
  const resource = fieldAt(review, "spec", "resourceAttributes");
  if (isJsonObject(resource)) {
    const { namespace, verb, group, version, resource: plural, subresource, name } = resource;
    return {
      type: "resource",
      user,
      verb: textOf(verb),
      group: textOf(group),
      version: textOf(version),
      resource: textOf(plural),
      subresource: textOf(subresource),
      namespace: textOf(namespace),
      name: textOf(name),
    };
  }
  const path = fieldAt(review, "spec", "nonResourceAttributes");
  if (!isJsonObject(path))
    throw badRequest("exactly one of nonResourceAttributes or resourceAttributes must be specified");
  return { type: "path", user, verb: textOf(path["verb"]), path: textOf(path["path"]) };
}

function subjectOf(review: ApiObject): UserInfo {
  const groups = fieldAt(review, "spec", "groups");
  return {
    name: textOf(fieldAt(review, "spec", "user")),
    uid: textOf(fieldAt(review, "spec", "uid")),
    groups: Array.isArray(groups) ? groups.map(textOf) : [],
  };
}

async function listRules(review: ApiObject, user: UserInfo, { rulesFor }: ReviewOptions): Promise<ApiObject> {
  const rules = await rulesFor(user, textOf(fieldAt(review, "spec", "namespace")));
  const isSuperuser = user.groups.includes("system:masters");
  const everything = { verbs: ["*"], apiGroups: ["*"], resources: ["*"] };
  const resourceRules: JsonObject[] = rules
    .filter(({ resources }) => resources.length > 0)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups,
      resources,
      ...(resourceNames.length === 0 ? {} : { resourceNames }),
    }));
  const nonResourceRules: JsonObject[] = rules
    .filter(({ nonResourceURLs }) => nonResourceURLs.length > 0)
    .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs }));
  const all = { verbs: ["*"], nonResourceURLs: ["*"] };
  return {
    ...review,
    status: {
      resourceRules: isSuperuser ? [everything, ...resourceRules] : resourceRules,
      nonResourceRules: isSuperuser ? [all, ...nonResourceRules] : nonResourceRules,
      incomplete: false,
    },
  };
}

function whoAmI(review: ApiObject, { user }: HookContext): ApiObject {
  return { ...review, status: { userInfo: userInfoOf(user) } };
}

async function reviewToken(review: ApiObject, { userOfToken }: ReviewOptions): Promise<ApiObject> {
  const user = await userOfToken(textOf(fieldAt(review, "spec", "token")));
  const status =
    user === undefined ? { authenticated: false, user: {} } : { authenticated: true, user: userInfoOf(user) };
  return { ...review, status };
}

function userInfoOf({ name, uid, groups, extra = {} }: UserInfo): JsonObject {
  return {
    username: name,
    ...(uid === undefined ? {} : { uid }),
    groups,
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : "";
}
