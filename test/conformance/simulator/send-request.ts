import { request } from "node:https";
import type { KubeAnswer, KubeEndpoint, KubeRequestOptions } from "../../kube/kube-request.ts";

/**
 * Sends one request and returns the answer. Unlike the rig's client it says how long a body is whatever the method: Node
 * sends the body of a DELETE without any framing otherwise.
 */
export async function sendRequest(
  endpoint: KubeEndpoint,
  path: string,
  options: KubeRequestOptions,
): Promise<KubeAnswer> {
  const body =
    options.body === undefined || typeof options.body === "string" ? options.body : JSON.stringify(options.body);
  const type = options.contentType ?? "application/json";
  const headers = {
    authorization: `Bearer ${options.token ?? endpoint.token}`,
    accept: options.accept ?? "application/json",
    ...(body === undefined ? {} : { "content-type": type, "content-length": String(Buffer.byteLength(body)) }),
  };
  return new Promise((resolve, reject) => {
    const url = new URL(path, endpoint.url);
    const outgoing = request(
      url,
      { ca: endpoint.caCert, method: options.method ?? "GET", timeout: 30_000, headers },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: incoming.statusCode ?? 0, text, json: parseJson(text), headers: incoming.headers });
        });
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer from ${url.href} in time`)));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
