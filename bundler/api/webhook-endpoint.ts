import type { IncomingMessage, ServerResponse } from "node:http";
import { toAppError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { HubMetrics } from "../../shared/runtime/hub-metrics.ts";
import { maxWebhookBytes, parseWebhook, type WebhookPush } from "../git/webhook.ts";

/** What the webhook endpoint works with. */
export interface WebhookEndpointDeps {
  /** Undefined: every call is refused. */
  readonly secret: string | undefined;
  /** Looks at the GitRepos concerned; returns how many. */
  readonly push: (push: WebhookPush) => number;
  readonly log: Logger;
  readonly metrics: Pick<HubMetrics, "webhook">;
}

/** Returns a request listener for `POST /webhook` (GitHub, GitLab, Gitea and a generic form); false: not our path. */
export function createWebhookEndpoint(
  deps: WebhookEndpointDeps,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    if (request.url !== "/webhook") return false;
    if (request.method !== "POST") answer(response, 405, "webhooks are POST requests");
    else await takeWebhook(deps, request, response);
    return true;
  };
}

async function takeWebhook(
  deps: WebhookEndpointDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await readBody(request);
    if (body === undefined) return answer(response, 413, "the body is too large");
    const event = parseWebhook(request.headers, body, deps.secret === undefined ? [] : [deps.secret]);
    deps.metrics.webhook("taken");
    if (event.type === "ignored") return answer(response, 200, "nothing to do for this event");
    const concerned = deps.push(event.push);
    answer(response, 202, `${concerned} GitRepos look now`);
  } catch (error) {
    const { code, message } = toAppError(error);
    deps.metrics.webhook("refused");
    deps.log.warn({ code }, "webhook refused");
    answer(
      response,
      code === "WEBHOOK_REFUSED" ? 403 : code === "WEBHOOK_INVALID" ? 400 : 500,
      code === "INTERNAL" ? "internal error" : message,
    );
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxWebhookBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function answer(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ message }));
}
