import * as z from "zod";
import { isJsonObject } from "../../codec/json-value.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { printJson } from "../../codec/print-json.ts";
import { AppError } from "../../shared/errors.ts";
import type { Reply } from "../../shared/protocol/answers.ts";
import { desiredDocumentSchema, type DesiredDocument } from "../../shared/protocol/desired-document.ts";
import { questionsSchema, type SentQuestions } from "../../shared/protocol/questions.ts";
import {
  answersRoute,
  blobRoute,
  checkInRoute,
  protocolVersion,
  registerRoute,
  type CheckInRequest,
  type RegisterRequest,
  type RegisterResponse,
} from "../../shared/protocol/routes.ts";
import type { HttpAnswer, HttpConnection } from "../http-connection.ts";

/** Calls to the hub. Whatever is not the protocol is an error, and never an answer. */
export interface HubClient {
  register(token: string, request: RegisterRequest): Promise<RegisterResponse>;
  /** Returns a document, questions, or undefined when nothing changed. Throws `HUB_…`. */
  checkIn(request: CheckInRequest, signal: AbortSignal): Promise<DesiredDocument | SentQuestions | undefined>;
  /** Sends what is said to a question; false: nobody waits for it any more. Throws `HUB_…`. */
  answer(reply: Reply): Promise<boolean>;
  /** Returns the compressed bytes of a blob, not verified. */
  blob(digest: string): Promise<Buffer>;
}

/** What the client needs. */
export interface HubClientDeps {
  readonly http: HttpConnection;
  /** Returns the agent's credential now. */
  readonly credential: () => string;
  readonly signal: AbortSignal;
}

/** Documents and blobs beyond this are refused. */
const maxBodyBytes = 32 * 1024 * 1024;
const requestTimeoutMs = 20_000;

/** Returns a client for the hub behind a connection. */
export function createHubClient({ http, credential, signal }: HubClientDeps): HubClient {
  const common = { "drover-protocol": String(protocolVersion), "user-agent": "drover-agent" };

  async function post(path: string, authorization: string, sending: Sending): Promise<HttpAnswer> {
    return ask(path, () =>
      http.request({
        method: "POST",
        path,
        headers: { ...common, authorization, accept: "application/json", "content-type": "application/json" },
        body: printJson(sending.body),
        timeoutMs: sending.timeoutMs,
        maxBytes: maxBodyBytes,
        signal: sending.signal,
      }),
    );
  }

  return {
    register: async (token, request) => {
      const answer = await post(registerRoute.path, `Bearer ${token}`, {
        body: request,
        timeoutMs: requestTimeoutMs,
        signal,
      });
      if (answer.status === 401 || answer.status === 409) {
        throw new AppError("REGISTRATION_FAILED", `the hub refused to register this cluster: ${problemOf(answer)}`, {
          verdict: "waiting",
          afterMs: 30_000,
        });
      }
      return checkBody(readJson(answer, registerRoute.path), registerRoute.response, registerRoute.path);
    },
    checkIn: async (request, callSignal) => {
      const timeoutMs = request.waitMs + requestTimeoutMs;
      const sending = { body: request, timeoutMs, signal: AbortSignal.any([signal, callSignal]) };
      const answer = await post(checkInRoute.path, `Bearer ${credential()}`, sending);
      if (answer.status === 204) return undefined;
      const news = readJson(answer, checkInRoute.path);
      const isAsking = isJsonObject(news) && "questions" in news;
      return checkBody(news, isAsking ? questionsSchema : desiredDocumentSchema, checkInRoute.path);
    },
    answer: async (reply) => {
      const sending = { body: reply, timeoutMs: requestTimeoutMs, signal };
      const answer = await post(answersRoute.path, `Bearer ${credential()}`, sending);
      if (answer.status === 204) return true;
      if (answer.status === 404) return false;
      throw statusError(answer, answersRoute.path);
    },
    blob: async (digest) => {
      const path = blobRoute.path + digest;
      const answer = await ask(path, () =>
        http.request({
          method: "GET",
          path,
          headers: { ...common, authorization: `Bearer ${credential()}` },
          timeoutMs: requestTimeoutMs,
          maxBytes: maxBodyBytes,
          signal,
        }),
      );
      if (answer.status !== 200) throw statusError(answer, path);
      return answer.body;
    },
  };
}

interface Sending {
  readonly body: unknown;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

async function ask(path: string, request: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  try {
    return await request();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError("HUB_UNREACHABLE", `${path}: ${reason}`, { cause: error });
  }
}

function readJson(answer: HttpAnswer, path: string): unknown {
  if (answer.status !== 200) throw statusError(answer, path);
  try {
    return parseJson(answer.body.toString("utf8"));
  } catch (error) {
    throw new AppError("HUB_ANSWER_INVALID", `${path}: the answer is not JSON`, { cause: error });
  }
}

function checkBody<S extends z.ZodType>(body: unknown, schema: S, path: string): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new AppError("HUB_ANSWER_INVALID", `${path}: ${z.prettifyError(parsed.error)}`, { cause: parsed.error });
}

function statusError(answer: HttpAnswer, path: string): AppError {
  const { status } = answer;
  if (status === 401) {
    return new AppError("HUB_UNAUTHORIZED", `${path}: the hub does not know this agent: ${problemOf(answer)}`);
  }
  // What proxies and a hub that is just starting answer: ordinary, retried.
  const code = status >= 500 || status === 429 || status === 404 ? "HUB_UNREACHABLE" : "HUB_ANSWER_INVALID";
  const retryAfterMs = Number(answer.headers["retry-after"] ?? Number.NaN) * 1000;
  return new AppError(code, `${path}: HTTP ${status}`, Number.isFinite(retryAfterMs) ? { afterMs: retryAfterMs } : {});
}

const problemSchema = z.object({ message: z.string() });

function problemOf(answer: HttpAnswer): string {
  try {
    const parsed = problemSchema.safeParse(JSON.parse(answer.body.toString("utf8")));
    if (parsed.success) return parsed.data.message;
  } catch {
    // The text is somebody else's: the code must do.
  }
  return `HTTP ${answer.status}`;
}
