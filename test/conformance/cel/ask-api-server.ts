import { setTimeout as delay } from "node:timers/promises";
import { printJson } from "../../../codec/print-json.ts";
import type { KubeCluster } from "../../kube/cluster.ts";
import { caseName, subjectOf, subjectPath, widgetDefinition } from "./subject.ts";

/** What became of an expression: its value's type and text as `format` prints them, or that it failed. */
export type Answer =
  | { readonly type: "value"; readonly text: string }
  /** The expression was refused before it ran. */
  | { readonly type: "invalid"; readonly message: string }
  | { readonly type: "error"; readonly message: string };

const policiesPath = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
const bindingsPath = `${policiesPath.slice(0, -"policies".length)}policybindings`;

/**
 * Returns what a kube-apiserver makes of each expression: each is an admission policy that refuses one object with the value as
 * its message, or with the error that the evaluation ended in.
 */
export async function askApiServer(cluster: KubeCluster, expressions: readonly string[]): Promise<Answer[]> {
  await create(cluster, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", widgetDefinition);
  const invalid = await inParallel(expressions, (expression, index) => createPolicy(cluster, expression, index));
  return inParallel(expressions, async (_, index): Promise<Answer> => {
    const message = invalid[index];
    return message === undefined ? readAnswer(await refusal(cluster, index)) : { type: "invalid", message };
  });
}

async function createPolicy(cluster: KubeCluster, written: string, index: number): Promise<string | undefined> {
  const expression = written.replaceAll(/\bself\b/gu, "object");
  const name = caseName(index);
  const validations = [
    {
      // Never true, and an error where the expression is one; on lines of its own, since it may end in a comment.
      expression: `dyn(\n${expression}\n) == dyn(b'never')`,
      messageExpression: `'value %s %s'.format([dyn(type(\n${expression}\n)), dyn(\n${expression}\n)])`,
    },
  ];
  const matchConstraints = {
    objectSelector: { matchLabels: { case: name } },
    resourceRules: [
      { apiGroups: ["example.com"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["widgets"] },
    ],
  };
  const header = { apiVersion: "admissionregistration.k8s.io/v1", metadata: { name } };
  const policy = await cluster.request(policiesPath, {
    method: "POST",
    body: { ...header, kind: "ValidatingAdmissionPolicy", spec: { matchConstraints, validations } },
  });
  if (policy.status === 422) return policy.text;
  if (policy.status !== 201) throw new Error(`cannot make the policy of ${written}: ${policy.text}`);
  await create(cluster, bindingsPath, {
    ...header,
    kind: "ValidatingAdmissionPolicyBinding",
    spec: { policyName: name, validationActions: ["Deny"] },
  });
  return undefined;
}

/** A policy counts a moment after it was made: until then the object is let in. */
async function refusal(cluster: KubeCluster, index: number): Promise<string> {
  const deadlineMs = performance.now() + 60_000;
  const body = printJson(subjectOf(index));
  while (performance.now() < deadlineMs) {
    const answer = await cluster.request(`${subjectPath}?dryRun=All`, { method: "POST", body });
    if (answer.status === 422) return answer.text;
    if (answer.status !== 201 && answer.status !== 404) throw new Error(answer.text);
    await delay(200);
  }
  throw new Error(`the policy of case ${index} never counted`);
}

function readAnswer(text: string): Answer {
  const status: unknown = JSON.parse(text);
  const message = typeof status === "object" && status !== null && "message" in status ? String(status.message) : text;
  const value = /denied request: value (?<value>.*)$/su.exec(message)?.groups?.["value"];
  return value === undefined ? { type: "error", message } : { type: "value", text: value };
}

async function create(cluster: KubeCluster, path: string, body: unknown): Promise<void> {
  const answer = await cluster.request(path, { method: "POST", body });
  if (answer.status !== 201) throw new Error(`cannot create ${path}: ${answer.status} ${answer.text}`);
}

async function inParallel<T, R>(items: readonly T[], run: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await run(item, index);
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  return results;
}
