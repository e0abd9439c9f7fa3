import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import type { KubeEndpoint } from "../kube/kube-request.ts";

/** One request that came to the proxy. */
export interface ProxiedRequest {
  readonly method: string;
  readonly url: URL;
  readonly isWatch: boolean;
  /** The media types that it asked for. */
  readonly accept: string;
  /** When it came, by `performance.now()`. */
  readonly atMs: number;
  /** What the API server answered, once it has. */
  status: number | undefined;
}

/** What the proxy does with a request instead of passing it on as it is. */
export type ProxyFault =
  | {
      readonly type: "answer";
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body: string;
    }
  /** Passes it on with other query parameters. */
  | { readonly type: "query"; readonly set: Readonly<Record<string, string>> }
  | { readonly type: "delay"; readonly ms: number };

/** A way to an API server that counts what goes over it and does harm where told to. */
export interface KubeProxy extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly ProxiedRequest[];
  /** Most requests under way at once, watches aside. */
  peak(): number;
  /** What the watches told, as text. */
  watched(): string;
  /** Breaks all watches off, in the middle of whatever they tell. */
  cutWatches(): void;
  fault: ((request: ProxiedRequest) => ProxyFault | undefined) | undefined;
}

/** Opens a proxy on 127.0.0.1, without TLS, in front of an API server. */
export async function startKubeProxy(target: KubeEndpoint): Promise<KubeProxy> {
  const agent = new Agent({ keepAlive: true, ca: target.caCert });
  const seen: ProxiedRequest[] = [];
  const watches = new Set<ServerResponse>();
  const proxy: Pick<KubeProxy, "fault"> = { fault: undefined };
  let open = 0;
  let peak = 0;
  let watched = "";

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? "/", target.url);
    const isWatch = url.searchParams.has("watch");
    const asked: ProxiedRequest = {
      status: undefined,
      method: incoming.method ?? "GET",
      url: new URL(url),
      isWatch,
      accept: incoming.headers.accept ?? "",
      atMs: performance.now(),
    };
    seen.push(asked);
    if (isWatch) {
      watches.add(response);
      response.on("close", () => watches.delete(response));
    } else {
      peak = Math.max(peak, ++open);
      response.on("close", () => open--);
    }
    const fault = proxy.fault?.(asked);
    if (fault?.type === "answer") {
      incoming.resume();
      response.writeHead(fault.status, { "content-type": "application/json", ...fault.headers }).end(fault.body);
      return;
    }
    if (fault?.type === "delay") await delay(fault.ms);
    if (fault?.type === "query") for (const [key, value] of Object.entries(fault.set)) url.searchParams.set(key, value);
    const headers = { ...incoming.headers, host: url.host };
    const outgoing = request(url, { method: asked.method, headers, agent }, (answer) => {
      asked.status = answer.statusCode;
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (isWatch) answer.on("data", (chunk: Buffer) => (watched += chunk.toString("utf8")));
      answer.on("error", () => response.destroy());
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    response.on("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  }

  const server = createServer((incoming, response) => {
    pass(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    peak: () => peak,
    watched: () => watched,
    cutWatches: () => {
      for (const response of watches) response.destroy();
    },
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  });
}
