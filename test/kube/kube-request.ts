import { Agent, request } from "node:https";

/** Where an API server is and how to be let in. */
export interface KubeEndpoint {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly caCert: string;
  readonly token: string;
}

/** What to ask besides the path. */
export interface KubeRequestOptions {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON, unless it is a string. */
  readonly body?: unknown;
  /** Content type of the body; `application/json` unless said. */
  readonly contentType?: string;
  readonly accept?: string;
  /** Another credential than the endpoint's admin token. */
  readonly token?: string;
  readonly timeoutMs?: number;
  /** Another user whom the admin speaks for. */
  readonly as?: string;
}

/** An answer as it came; `json` is undefined where the body is not JSON. */
export interface KubeAnswer {
  readonly status: number;
  readonly text: string;
  readonly json: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Sends plain requests to one API server over kept-alive connections. */
export interface KubeClient extends Disposable {
  request(path: string, options?: KubeRequestOptions): Promise<KubeAnswer>;
}

/** Returns a client for tests: no retries, no cleverness, every status is an answer. */
export function createKubeClient(endpoint: KubeEndpoint): KubeClient {
  const agent = new Agent({ keepAlive: true, ca: endpoint.caCert, maxSockets: 32 });
  return {
    request: (path, options = {}) =>
      new Promise((resolve, reject) => {
        const body = encodeBody(options.body);
        const outgoing = request(
          new URL(path, endpoint.url),
          {
            agent,
            method: options.method ?? "GET",
            timeout: options.timeoutMs ?? 30_000,
            headers: {
              authorization: `Bearer ${options.token ?? endpoint.token}`,
              accept: options.accept ?? "application/json",
              ...(options.as === undefined ? {} : { "impersonate-user": options.as }),
              ...(body === undefined ? {} : { "content-type": options.contentType ?? "application/json" }),
            },
          },
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
        outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer from ${endpoint.url}${path} in time`)));
        outgoing.on("error", reject);
        outgoing.end(body);
      }),
    [Symbol.dispose]: () => {
      agent.destroy();
    },
  };
}

function encodeBody(body: unknown): string | undefined {
  if (body === undefined || typeof body === "string") return body;
  return JSON.stringify(body);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
