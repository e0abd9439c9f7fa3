import { createHmac, timingSafeEqual } from "node:crypto";

import { AppError } from "../../shared/errors.ts";
import type { WebhookPush } from "./webhook-payload.ts";
import { readPush } from "./webhook-payload.ts";

export type { WebhookPush } from "./webhook-payload.ts";

/** A call that was verified: a push, or one that has nothing to say (a ping, another event). */
export type WebhookEvent = { readonly type: "push"; readonly push: WebhookPush } | { readonly type: "ignored" };

/** Largest body that is read at all. */
export const maxWebhookBytes = 5 * 1024 * 1024;

/** Headers with lower-case names. */
export type WebhookHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Returns what a webhook call says once its signature is right for one of the secrets: GitHub, Gitea, Gogs and Bitbucket
 * (HMAC of the body), GitLab (`X-Gitlab-Token`), Azure DevOps (basic authentication with the secret as password), or
 * anybody (`X-Drover-Signature-256: sha256=<HMAC of the body>`, body `{"url": …, "ref": …, "commit": …}`). Throws `WEBHOOK_REFUSED` – always when there is no secret –
 * or `WEBHOOK_INVALID`.
 */
export function parseWebhook(headers: WebhookHeaders, body: Buffer, secrets: readonly string[]): WebhookEvent {
  const usable = secrets.filter((secret) => secret !== "");
  if (usable.length === 0) throw refused("no webhook secret is configured; set one and give it to the git server");
  if (body.length > maxWebhookBytes) throw new AppError("WEBHOOK_INVALID", "the webhook's body is too large");
  if (!usable.some((secret) => isSigned(headers, body, secret))) throw refused("its signature or token is wrong");
  if (!isPush(headers)) return { type: "ignored" };
  const push = readPush(jsonOf(headers, body));
  if (push === undefined)
    throw new AppError("WEBHOOK_INVALID", "the webhook's body is no push, or names no repository");
  return { type: "push", push };
}

/**
 * Returns whether a repository's address and one in a webhook mean the same repository: host and path without regard
 * to case, scheme, user, port and `.git` (fleet-semantics 12.4).
 */
export function isSameRepository(left: string, right: string): boolean {
  const first = hostAndPath(left);
  return first !== undefined && first === hostAndPath(right);
}

function hostAndPath(address: string): string | undefined {
  const match = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@]*@)?([^/:@]+)(?::\d+(?=\/))?[/:](.+)$/iu.exec(address.trim());
  if (match === null) return undefined;
  const [, host = "", path = ""] = match;
  const bare = path
    .replace(/^\/+|[?#].*$|\/+$/gu, "")
    .replace(/\.git$/iu, "")
    .replace(/(^|\/)_git\//iu, "$1");
  return `${host}/${bare}`.toLowerCase();
}

function isSigned(headers: WebhookHeaders, body: Buffer, secret: string): boolean {
  const token = single(headers, "x-gitlab-token");
  if (token !== undefined) return isEqual(Buffer.from(token), Buffer.from(secret));
  const signature =
    single(headers, "x-hub-signature-256") ??
    single(headers, "x-drover-signature-256") ??
    single(headers, "x-hub-signature");
  const gitea = single(headers, "x-gitea-signature") ?? single(headers, "x-gogs-signature");
  if (signature === undefined && gitea === undefined) return hasPassword(headers, secret);
  const given = signature?.replace(/^sha256=/u, "") ?? gitea;
  if (given === undefined) return false;
  return isEqual(
    Buffer.from(given.toLowerCase()),
    Buffer.from(createHmac("sha256", secret).update(body).digest("hex")),
  );
}

function hasPassword(headers: WebhookHeaders, secret: string): boolean {
  const [scheme = "", encoded = ""] = (single(headers, "authorization") ?? "").split(" ");
  if (scheme.toLowerCase() !== "basic") return false;
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  return isEqual(Buffer.from(decoded.slice(decoded.indexOf(":") + 1)), Buffer.from(secret));
}

/** Compares in a time that tells nothing of where two values differ. */
function isEqual(given: Buffer, expected: Buffer): boolean {
  const key = "drover";
  const digest = (value: Buffer): Buffer => createHmac("sha256", key).update(value).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function isPush(headers: WebhookHeaders): boolean {
  const hub = single(headers, "x-github-event") ?? single(headers, "x-gitea-event") ?? single(headers, "x-gogs-event");
  if (hub !== undefined) return hub === "push";
  const bitbucket = single(headers, "x-event-key");
  if (bitbucket !== undefined) return bitbucket === "repo:push" || bitbucket === "repo:refs_changed";
  const lab = single(headers, "x-gitlab-event");
  return lab === undefined || lab === "Push Hook" || lab === "Tag Push Hook" || lab === "System Hook";
}

function jsonOf(headers: WebhookHeaders, body: Buffer): unknown {
  const text = body.toString("utf8");
  const isForm = single(headers, "content-type")?.startsWith("application/x-www-form-urlencoded") === true;
  try {
    return JSON.parse(isForm ? (new URLSearchParams(text).get("payload") ?? "") : text);
  } catch (cause) {
    throw new AppError("WEBHOOK_INVALID", "the webhook's body is not JSON", { cause });
  }
}

function single(headers: WebhookHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}

function refused(problem: string): AppError {
  return new AppError("WEBHOOK_REFUSED", `the webhook is refused: ${problem}`, { verdict: "stalled" });
}
