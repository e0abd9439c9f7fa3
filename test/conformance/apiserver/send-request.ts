import type { ApiObject } from "../../../apiserver/resources/api-object.ts";
import { isApiObject } from "../../../apiserver/resources/api-object.ts";
import type { JsonValue } from "../../../codec/json-value.ts";
import type { KubeClient, KubeRequestOptions } from "../../kube/kube-request.ts";
import type { Step, Target } from "./request-step.ts";

const patchTypes = {
  apply: "application/apply-patch+yaml",
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
} as const;

/** Sends a step to a real kube-apiserver and returns the object, or the Status, that it answers. */
export async function sendRequest(
  server: Pick<KubeClient, "request">,
  target: Target,
  { step, live }: { readonly step: Step; readonly live: ApiObject | undefined },
): Promise<ApiObject> {
  const body = typeof step.body === "function" ? step.body(live ?? missingObject()) : step.body;
  const answer = await server.request(pathOf(target, step), optionsOf(step, body));
  const value: JsonValue = JSON.parse(answer.text);
  if (isApiObject(value)) return value;
  throw new Error(`the server answered ${answer.status} ${answer.text}`);
}

function missingObject(): never {
  throw new Error("an update needs an object that is already there");
}

function pathOf(target: Target, step: Step): string {
  const { group, version, namespace, plural, name } = target;
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const collection = `${root}${namespace === "" ? "" : `/namespaces/${namespace}`}/${plural}`;
  const object =
    step.verb === "create" ? "" : `/${name}${step.subresource === undefined ? "" : `/${step.subresource}`}`;
  const force = step.force === true ? "&force=true" : "";
  return `${collection}${object}?fieldManager=${encodeURIComponent(step.manager)}${force}`;
}

function optionsOf(step: Step, body: JsonValue): KubeRequestOptions {
  if (step.verb === "create") return { method: "POST", body };
  if (step.verb === "update") return { method: "PUT", body };
  return { method: "PATCH", body: JSON.stringify(body), contentType: patchTypes[step.verb] };
}
