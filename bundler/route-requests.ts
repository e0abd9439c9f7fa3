import type { IncomingMessage, ServerResponse } from "node:http";
import type { Metrics } from "../shared/runtime/metrics.ts";

/** Answers a request and returns true, or returns false when the path is not its own. */
export type Route = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** The metrics, and who may read them. */
export interface MetricsAccess {
  readonly metrics: Metrics;
  /** Returns the status to answer with: 200, or why not. */
  readonly mayRead: (request: IncomingMessage) => Promise<200 | 401 | 403>;
}

/** Returns a request listener that asks routes in turn; what none of them knows is a 404. */
export function createRouter(
  routes: readonly Route[],
  options: { readonly metrics: MetricsAccess | undefined; readonly onFault: (error: unknown) => void },
): (request: IncomingMessage, response: ServerResponse) => void {
  const all = options.metrics === undefined ? routes : [metricsRoute(options.metrics), ...routes];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const route of all) if (await route(request, response)) return;
    response.writeHead(404, { "content-type": "application/json" }).end(JSON.stringify({ message: "not found" }));
  };
  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      options.onFault(error);
      if (response.headersSent) response.destroy();
      else
        response
          .writeHead(500, { "content-type": "application/json" })
          .end(JSON.stringify({ message: "internal error" }));
    });
  };
}

function metricsRoute({ metrics, mayRead }: MetricsAccess): Route {
  return async (request, response) => {
    if (request.url !== "/metrics") return false;
    const status = await mayRead(request);
    if (status === 200)
      response.writeHead(200, { "content-type": metrics.registry.contentType }).end(await metrics.text());
    else
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(JSON.stringify({ message: "a token of a user who may `get` the path /metrics is needed" }));
    return true;
  };
}
