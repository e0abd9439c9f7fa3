import type { AddressInfo } from "node:net";

/** What the health server answers with. */
export interface HealthDeps {
  readonly port: number;
  readonly metrics: () => Promise<string>;
  /** Returns why the agent does no work, undefined when it does. */
  readonly problem: () => string | undefined;
  /** Returns whether the agent will not go on unless it is started anew. */
  readonly isStuck: () => boolean;
}

/**
 * Serves `/livez` (200 as long as it answers and is not stuck), `/healthz` (200, or 503 with a sentence) and `/metrics`; disposing
 * stops it.
 */
export async function serveHealth(deps: HealthDeps): Promise<AsyncDisposable & { readonly port: number }> {
  // As in http-connection.ts: an import would load the whole of fetch.
  const { createServer } = process.getBuiltinModule("node:http");
  const server = createServer((request, response) => {
    const path = request.url?.split("?")[0];
    if (path === "/healthz") {
      const problem = deps.problem();
      response.writeHead(problem === undefined ? 200 : 503, { "content-type": "text/plain" }).end(problem ?? "ok");
    } else if (path === "/livez") {
      const isStuck = deps.isStuck();
      response.writeHead(isStuck ? 503 : 200, { "content-type": "text/plain" }).end(isStuck ? deps.problem() : "ok");
    } else if (path === "/metrics") {
      deps.metrics().then(
        (text) => response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(text),
        () => response.writeHead(500).end(),
      );
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(deps.port, resolve);
  });
  return {
    port: portOf(server.address()),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}
