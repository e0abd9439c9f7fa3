import { printJson } from "../codec/print-json.ts";

/** How a client reaches a cluster. */
export interface KubeconfigEntry {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  /** PEM; "" when the server is trusted anyway or speaks plain HTTP. */
  readonly ca: string;
}

/** Returns a kubeconfig with one context, as JSON, which kubectl reads as YAML. */
export function kubeconfigText({ name, url, token, ca }: KubeconfigEntry): string {
  const authority = ca === "" ? {} : { "certificate-authority-data": Buffer.from(ca).toString("base64") };
  const user = `${name}-admin`;
  return printJson(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name, cluster: { server: url, ...authority } }],
      users: [{ name: user, user: { token } }],
      contexts: [{ name, context: { cluster: name, user } }],
      "current-context": name,
    },
    { indent: 2 },
  );
}
