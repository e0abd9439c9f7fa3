import { Agent as PlainAgent, type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as TlsAgent, request as httpsRequest } from "node:https";
import { getCACertificates } from "node:tls";
import { ChartSourceError } from "./chart-source-error.ts";
import { printableAddress, type SourceAccess } from "./source-access.ts";

/** A GET request. */
export interface SourceRequest {
  readonly url: URL;
  /** Its CA bundle and TLS options count; the credential does not: see `authorization`. */
  readonly access: SourceAccess;
  /** Header that goes to the origin of `url` and, once a redirect has left it, nowhere any more. */
  readonly authorization?: string | undefined;
  readonly accept?: string;
  /** Larger answers are refused. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** An answer; only redirects were dealt with. */
export interface SourceAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Where it came from. */
  readonly url: URL;
  readonly body: Buffer;
}

const maxRedirects = 5;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** Returns the answer to a GET request, redirects followed. Throws `ChartSourceError`: `unreachable` or `refused`. */
export async function requestSource(request: SourceRequest): Promise<SourceAnswer> {
  let url = request.url;
  let { authorization } = request;
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const answer = await sendOnce(request, url, authorization);
    const status = answer.statusCode ?? 0;
    if (!redirectStatuses.has(status)) {
      return { status, headers: answer.headers, url, body: await readBody(answer, url, request) };
    }
    answer.destroy();
    const target = redirectTarget(url, answer.headers.location);
    if (target.origin !== request.url.origin) authorization = undefined;
    url = target;
  }
  throw new ChartSourceError("refused", `${shown(request.url)} redirects more than ${maxRedirects} times`);
}

/** Returns the body of an answer with status 200. Throws `ChartSourceError` for every other status. */
export function bodyOf(answer: SourceAnswer, what: string): Buffer {
  const { status } = answer;
  if (status === 200) return answer.body;
  const place = `${what}: ${shown(answer.url)}`;
  if (status === 401 || status === 403) {
    throw new ChartSourceError("unauthorized", `${place} refuses the credential or wants one (HTTP ${status})`);
  }
  if (status === 404 || status === 410) {
    throw new ChartSourceError("not-found", `${place} does not exist, or needs a credential (HTTP ${status})`);
  }
  throw new ChartSourceError("unreachable", `${place} answers HTTP ${status}`);
}

function shown(url: URL): string {
  return printableAddress(url.href);
}

function sendOnce(request: SourceRequest, url: URL, authorization: string | undefined): Promise<IncomingMessage> {
  const { access, accept = "*/*", signal } = request;
  const [issue, Agent] = url.protocol === "https:" ? [httpsRequest, TlsAgent] : [httpRequest, PlainAgent];
  const agent = access.proxy === undefined ? false : new Agent({ keepAlive: false, proxyEnv: { ...access.proxy } });
  const headers = {
    "user-agent": "drover",
    accept,
    "accept-encoding": "identity",
    ...(authorization === undefined ? {} : { authorization }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const tls = { ...trustOf(access), ...(url.origin === request.url.origin ? access.clientCertificate : {}) };
  const { idleMs } = access;
  const bounds = idleMs === undefined ? { signal } : { signal, timeout: idleMs };
  const outgoing = issue(url, { method: "GET", headers, agent, ...bounds, ...tls }, resolve);
  outgoing.on("timeout", () => outgoing.destroy(new Error(`nothing came for ${idleMs} ms`)));
  outgoing.on("error", (error) => reject(translate(error, url, request)));
  outgoing.end();
  return promise;
}

function trustOf({ caBundle, insecureSkipTLS }: SourceAccess): { rejectUnauthorized: boolean; ca?: string[] } {
  const rejectUnauthorized = insecureSkipTLS !== true;
  if (caBundle === undefined || caBundle === "") return { rejectUnauthorized };
  return { rejectUnauthorized, ca: [...getCACertificates("default"), caBundle] };
}

async function readBody(answer: IncomingMessage, url: URL, request: SourceRequest): Promise<Buffer> {
  const tooLarge = () =>
    new ChartSourceError("refused", `${shown(url)}: the answer is larger than ${request.maxBytes} bytes`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    if (Number(answer.headers["content-length"] ?? 0) > request.maxBytes) throw tooLarge();
    for await (const chunk of answer) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      if (bytes > request.maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    throw translate(error, url, request);
  } finally {
    answer.destroy();
  }
  return Buffer.concat(chunks);
}

function translate(error: unknown, url: URL, { signal }: SourceRequest): ChartSourceError {
  if (error instanceof ChartSourceError) return error;
  if (signal.aborted) return new ChartSourceError("unreachable", `${shown(url)} did not answer in time`, error);
  const problem = error instanceof Error ? error.message : String(error);
  return new ChartSourceError("unreachable", `${shown(url)} cannot be reached: ${problem}`, error);
}

function redirectTarget(from: URL, location: string | undefined): URL {
  if (location === undefined || !URL.canParse(location, from.href)) {
    throw new ChartSourceError("refused", `${shown(from)} redirects to no address`);
  }
  const target = new URL(location, from);
  target.username = "";
  target.password = "";
  if (target.protocol !== "https:" && (target.protocol !== "http:" || from.protocol !== "http:")) {
    throw new ChartSourceError("refused", `${shown(from)} redirects to ${target.protocol}//, which is not followed`);
  }
  return target;
}
