import { dump } from "js-yaml";
import type { KubeEndpoint } from "./kube-request.ts";

/** Returns the text of a kubeconfig with one context, named as the cluster. */
export function kubeconfigText(name: string, endpoint: KubeEndpoint): string {
  return dump({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: {
          server: endpoint.url,
          "certificate-authority-data": Buffer.from(endpoint.caCert).toString("base64"),
        },
      },
    ],
    users: [{ name: `${name}-admin`, user: { token: endpoint.token } }],
    contexts: [{ name, context: { cluster: name, user: `${name}-admin` } }],
    "current-context": name,
  });
}
