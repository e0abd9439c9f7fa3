import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { hasCode } from "../kube/kube-status.ts";
import { orFault } from "./hop.ts";

/** One right, in the terms of a SelfSubjectAccessReview. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
}

/** Returns in words which rights the agent does not have; nothing is changed by asking. */
export async function missingRights(client: KubeClient, rights: readonly Right[]): Promise<string[]> {
  const missing: string[] = [];
  for (const right of rights) if (!(await mayDo(client, right))) missing.push(wordsOf(right));
  return missing;
}

/** Returns whether the API server lets the agent do something. */
export async function mayDo(client: KubeClient, right: Right): Promise<boolean> {
  const answer = await orFault(
    () =>
      client.raw({
        method: "POST",
        path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        body: {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SelfSubjectAccessReview",
          spec: { resourceAttributes: { ...right } },
        },
      }),
    (error) =>
      hasCode(error, "KUBE_UNAUTHORIZED")
        ? "the API server does not know the agent: renew the token or certificate of its kubeconfig, or its pod"
        : "look at the API server's log",
  );
  const status = isJsonObject(answer) ? answer["status"] : undefined;
  return isJsonObject(status) && status["allowed"] === true;
}

function wordsOf({ verb, group, resource, subresource, namespace }: Right): string {
  const kind = group === "" ? resource : `${resource}.${group}`;
  const what = subresource === undefined ? kind : `${kind}/${subresource}`;
  return `${verb} ${what}${namespace === undefined ? "" : ` in ${namespace}`}`;
}
