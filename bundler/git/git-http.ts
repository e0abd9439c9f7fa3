import type { Agent as HttpAgent, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { request as httpRequest, Agent as PlainAgent } from "node:http";
import { Agent as TlsAgent, request as httpsRequest } from "node:https";
import { getCACertificates } from "node:tls";

import { AppError } from "../../shared/errors.ts";
import type { GitCredential, GitRemote } from "../../shared/git-remote.ts";
import { printableUrl } from "../../shared/git-remote.ts";
import { translateHttpError } from "./translate-http-error.ts";

/** Proxy settings by the usual names of the environment, passed in by whoever reads the environment. */
export interface ProxySettings {
  readonly HTTP_PROXY?: string;
  readonly HTTPS_PROXY?: string;
  readonly NO_PROXY?: string;
}

export interface GitHttpRequest {
  readonly remote: GitRemote;
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer;
  readonly signal?: AbortSignal;
  /** From the first byte sent to the last received. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** An answer with status 200 or 201; `url` is where it came from after redirects. Reading past `maxBytes` throws. */
export interface GitHttpResponse {
  readonly url: string;
  readonly contentType: string;
  readonly body: AsyncIterable<Buffer>;
}

export interface GitHttp {
  request(request: GitHttpRequest): Promise<GitHttpResponse>;
  [Symbol.dispose](): void;
}

const maxRedirects = 5;

/** Kept connections that may turn out to be closed, one after the other. */
const maxStale = 5;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/**
 * Returns an HTTP client for git servers: connections are kept, time and bytes are bounded, proxies are honoured, a CA
 * bundle is trusted besides the system's, redirects are followed for GET only and the credential is sent to the
 * origin of the configured address and nowhere else.
 */
export function createGitHttp(options: { readonly proxy?: ProxySettings } = {}): GitHttp {
  const agents = new Map<string, HttpAgent>();

  function agentFor(remote: GitRemote, protocol: string): HttpAgent {
    const tls = protocol === "https:";
    const key = tls ? JSON.stringify([remote.caBundle ?? "", remote.insecureSkipTLS === true]) : "http";
    const known = agents.get(key);
    if (known !== undefined) return known;
    const common = { keepAlive: true, maxFreeSockets: 64, scheduling: "lifo" as const, proxyEnv: { ...options.proxy } };
    const agent = tls ? new TlsAgent({ ...common, ...trustOf(remote) }) : new PlainAgent(common);
    agents.set(key, agent);
    return agent;
  }

  async function request(wanted: GitHttpRequest): Promise<GitHttpResponse> {
    const timeout = AbortSignal.timeout(wanted.timeoutMs);
    const signal = wanted.signal === undefined ? timeout : AbortSignal.any([wanted.signal, timeout]);
    const home = new URL(wanted.remote.url).origin;
    let url = new URL(wanted.url);
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      const authorized = url.origin === home;
      const answer = await send({ wanted, url, signal, agent: agentFor(wanted.remote, url.protocol), authorized });
      const status = answer.statusCode ?? 0;
      if (!redirectStatuses.has(status)) {
        if (status !== 200 && status !== 201) throw statusError(wanted.remote, status, { answer, authorized, url });
        return {
          url: url.href,
          contentType: answer.headers["content-type"] ?? "",
          body: readBody(answer, wanted),
        };
      }
      answer.resume();
      url = redirectTarget(wanted, url, answer.headers.location);
    }
    throw redirectError(wanted.remote, `it redirects more than ${maxRedirects} times`);
  }

  return {
    request,
    [Symbol.dispose]: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function trustOf(remote: GitRemote): { rejectUnauthorized: boolean; ca?: string[] } {
  const rejectUnauthorized = remote.insecureSkipTLS !== true;
  if (remote.caBundle === undefined || remote.caBundle === "") return { rejectUnauthorized };
  return { rejectUnauthorized, ca: [...getCACertificates("default"), remote.caBundle] };
}

interface SendCall {
  readonly wanted: GitHttpRequest;
  readonly url: URL;
  readonly signal: AbortSignal;
  readonly agent: HttpAgent;
  readonly authorized: boolean;
}

/** A server may close a kept connection at the moment when we use it; then nothing was done and the request is sent again. */
async function send(call: SendCall): Promise<IncomingMessage> {
  for (let attempt = 1; ; attempt += 1) {
    const sent = await sendOnce(call);
    if ("answer" in sent) return sent.answer;
    if (!sent.stale || attempt === maxStale) throw translateHttpError(sent.error, call.wanted);
  }
}

function sendOnce(call: SendCall): Promise<{ answer: IncomingMessage } | { error: unknown; stale: boolean }> {
  const { wanted, url, agent, signal } = call;
  const headers: OutgoingHttpHeaders = { "user-agent": "git/2.0 (drover)", accept: "*/*", ...wanted.headers };
  if (wanted.body !== undefined) headers["content-length"] = wanted.body.length;
  const authorization = call.authorized ? authorizationHeader(wanted.remote.credential) : undefined;
  if (authorization !== undefined) headers["authorization"] = authorization;
  const issue = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const outgoing = issue(url, { method: wanted.method, headers, agent, signal }, (answer) => resolve({ answer }));
    outgoing.on("error", (error) => resolve({ error, stale: outgoing.reusedSocket && isClosed(error) }));
    outgoing.end(wanted.body);
  });
}

function isClosed(error: Error): boolean {
  return "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

async function* readBody(answer: IncomingMessage, wanted: GitHttpRequest): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      if (bytes > wanted.maxBytes) {
        throw new AppError(
          "GIT_LIMIT_EXCEEDED",
          `${printableUrl(wanted.remote.url)}: the answer is larger than ${wanted.maxBytes} bytes`,
          { verdict: "stalled" },
        );
      }
      yield chunk;
    }
  } catch (error) {
    throw translateHttpError(error, wanted);
  } finally {
    answer.destroy();
  }
}

/** Returns the value of the Authorization header, if the credential makes one. */
function authorizationHeader(credential: GitCredential | undefined): string | undefined {
  switch (credential?.kind) {
    case "basic":
      return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString("base64")}`;
    case "bearer":
      return `Bearer ${credential.token}`;
    case "ssh":
    case "githubApp":
    case undefined:
      return undefined;
  }
}

function redirectTarget(wanted: GitHttpRequest, from: URL, location: string | undefined): URL {
  if (wanted.method !== "GET") throw redirectError(wanted.remote, "it redirects a POST");
  if (location === undefined || !URL.canParse(location, from.href)) {
    throw redirectError(wanted.remote, "it redirects to no address");
  }
  const target = new URL(location, from);
  target.username = "";
  target.password = "";
  if (target.protocol !== "https:" && target.protocol !== from.protocol) {
    throw redirectError(wanted.remote, `it redirects from ${from.protocol}// to ${target.protocol}//`);
  }
  return target;
}

function redirectError(remote: GitRemote, problem: string): AppError {
  return new AppError("GIT_REDIRECT_REFUSED", `${printableUrl(remote.url)}: ${problem}; set the final address`, {
    verdict: "stalled",
  });
}

function statusError(
  remote: GitRemote,
  status: number,
  context: { readonly answer: IncomingMessage; readonly authorized: boolean; readonly url: URL },
): AppError {
  context.answer.destroy();
  const address = printableUrl(remote.url);
  const details = { status };
  if (status === 401 || status === 403 || status === 203) {
    const hint = context.authorized
      ? remote.credential === undefined
        ? "it asks for a credential and none is set"
        : "it refuses the credential"
      : `it redirects to ${context.url.origin}, which is sent no credential; set that address instead`;
    return new AppError("GIT_AUTH_FAILED", `${address}: ${hint} (HTTP ${status})`, { verdict: "stalled", details });
  }
  if (status === 404 || status === 410) {
    return new AppError(
      "GIT_UNREACHABLE",
      `${address}: no such repository, or it needs a credential (HTTP ${status})`,
      {
        verdict: "stalled",
        details,
      },
    );
  }
  return new AppError("GIT_UNREACHABLE", `${address}: the git server answers HTTP ${status}`, { details });
}
