import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import type { KubeObject } from "../api/meta.ts";
import { groupOf, scopeOfBuiltIn } from "../render/built-in-kinds.ts";
import type { FieldDifference } from "./diff-object.ts";

/**
 * Returns a rendered object without the placeholders that charts write where a controller fills in the value: an empty
 * `caBundle` of webhooks, of a definition's conversion and of an APIService, empty lists of a ServiceAccount, and the rules of an
 * aggregated ClusterRole, which its controller overwrites (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles). Applied,
 * they would be ours, and every apply would take the value away again. Fleet compares without the certificates (source: its
 * `webhook` normalizer).
 */
export function withoutPlaceholders(object: KubeObject): KubeObject {
  if (object.apiVersion === "v1" && object.kind === "ServiceAccount") return withoutEmptyLists(object);
  if (groupOf(object.apiVersion) === "rbac.authorization.k8s.io" && isJsonObject(object["aggregationRule"]))
    return withoutRules(object);
  const path = certificatePaths.get(`${groupOf(object.apiVersion)}/${object.kind}`);
  return path === undefined || !isJsonObject(object) ? object : { ...object, ...changeAt(object, path) };
}

function withoutRules({ rules: _rules, apiVersion, kind, metadata, ...rest }: KubeObject): KubeObject {
  return { ...rest, apiVersion, kind, metadata };
}

function withoutEmptyLists(account: KubeObject): KubeObject {
  const isEmpty = (key: string): boolean => Array.isArray(account[key]) && account[key].length === 0;
  const given = Object.entries(account).filter(
    ([key]) => !["imagePullSecrets", "secrets"].includes(key) || !isEmpty(key),
  );
  const { apiVersion, kind, metadata } = account;
  return { ...Object.fromEntries(given), apiVersion, kind, metadata };
}

/** Where a certificate stands in the kinds that have one. */
const certificatePaths: ReadonlyMap<string, readonly string[]> = new Map([
  ["admissionregistration.k8s.io/MutatingWebhookConfiguration", ["webhooks", "*", "clientConfig"]],
  ["admissionregistration.k8s.io/ValidatingWebhookConfiguration", ["webhooks", "*", "clientConfig"]],
  ["apiextensions.k8s.io/CustomResourceDefinition", ["spec", "conversion", "webhook", "clientConfig"]],
  ["apiregistration.k8s.io/APIService", ["spec"]],
]);

/** Drops an empty `caBundle` of the map at a path; `*` stands for every item of a list. */
function changeAt(value: JsonObject, path: readonly string[]): JsonObject {
  const [step, ...rest] = path;
  if (step === undefined) {
    const { caBundle, ...others } = value;
    return isPlaceholder(caBundle) ? others : value;
  }
  const inner: unknown = value[step];
  if (rest[0] === "*" && Array.isArray(inner)) {
    const items = (inner as JsonValue[]).map((item) => (isJsonObject(item) ? changeAt(item, rest.slice(1)) : item));
    return { ...value, [step]: items };
  }
  return isJsonObject(inner) ? { ...value, [step]: changeAt(inner, rest) } : value;
}

/** Nothing, or nothing but blanks in base64: `Cg==` stands in many charts, since the field once was required. */
function isPlaceholder(value: unknown): boolean {
  return value === null || (typeof value === "string" && Buffer.from(value, "base64").toString("latin1").trim() === "");
}

/**
 * Returns whether a difference is known to be none that a person should see:
 * a webhook's `failurePolicy` that was tightened from Ignore to Fail, as certificate jobs and istiod do once it can work;
 * a zero value (`false`, 0, "", `{}`, `[]`) of a custom resource that its operator leaves out when it writes the object back.
 */
export function isKnownDifference(difference: FieldDifference, { apiVersion, kind }: KubeObject): boolean {
  const { path, desired, live } = difference;
  const last = path.at(-1);
  if (groupOf(apiVersion) === "admissionregistration.k8s.io")
    return last?.type === "field" && last.name === "failurePolicy" && desired === "Ignore" && live === "Fail";
  return live === undefined && desired !== undefined && isZero(desired) && isCustom(apiVersion, kind);
}

function isZero(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isJsonObject(value)) return Object.values(value).every((item) => item !== undefined && isZero(item));
  return value === null || value === false || value === "" || value === 0 || value === 0n;
}

function isCustom(apiVersion: string, kind: string): boolean {
  const group = groupOf(apiVersion);
  return group.includes(".") && !group.endsWith(".k8s.io") && scopeOfBuiltIn(apiVersion, kind) === undefined;
}

/** Returns whether an object may be gone: a Job with `ttlSecondsAfterFinished` is removed by Kubernetes once it is done. */
export function mayBeGone({ apiVersion, kind, spec }: KubeObject): boolean {
  return (
    groupOf(apiVersion) === "batch" &&
    kind === "Job" &&
    isJsonObject(spec) &&
    typeof spec["ttlSecondsAfterFinished"] === "number"
  );
}
