import { createHash, createPrivateKey, sign } from "node:crypto";
import * as z from "zod";
import { AppError } from "../../shared/errors.ts";
import type { Clock } from "../../shared/clock.ts";
import type { GitHttp } from "./git-http.ts";
import type { GitHubApp, GitRemote } from "../../shared/git-remote.ts";

/** Turns GitHub Apps into what a Git server takes: tokens that hold for an hour. */
export interface GitHubAppTokens {
  /** Returns the remote with a token in place of its app; other remotes as they are. Throws GIT_AUTH_FAILED. */
  authorize<Remote extends GitRemote>(remote: Remote, signal?: AbortSignal): Promise<Remote>;
  /** Forgets the token of a remote whose server refused it; the next call asks for another. */
  forget(remote: GitRemote): void;
}

/** What the tokens are made with. */
export interface GitHubAppDeps {
  readonly http: GitHttp;
  readonly clock: Clock;
  /** Address of the API; without it `https://api.<host of the repository>`, as Fleet has it. */
  readonly apiUrl?: string | undefined;
}

interface Token {
  readonly text: string;
  readonly expiresAt: number;
}

const answerSchema = z.object({ token: z.string().min(1), expires_at: z.string() });
/** A token is not used when it may end during a fetch. */
const spareMs = 5 * 60_000;
const timeoutMs = 15_000;
const maxBytes = 1024 * 1024;

/** Returns the maker of tokens; each is asked for once and kept until shortly before it ends. */
export function createGitHubAppTokens({ http, clock, apiUrl }: GitHubAppDeps): GitHubAppTokens {
  const tokens = new Map<string, Promise<Token>>();

  async function request(remote: GitRemote, app: GitHubApp, signal: AbortSignal | undefined): Promise<Token> {
    const api = apiUrl ?? apiOf(remote);
    const url = `${api.replace(/\/+$/u, "")}/app/installations/${encodeURIComponent(app.installationId)}/access_tokens`;
    const credential = { kind: "bearer" as const, token: appToken(app, clock.now()) };
    const answer = await http.request({
      remote: { ...remote, url: api, credential },
      method: "POST",
      url,
      headers: { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" },
      body: Buffer.alloc(0),
      timeoutMs,
      maxBytes,
      ...(signal === undefined ? {} : { signal }),
    });
    const chunks: Buffer[] = [];
    for await (const chunk of answer.body) chunks.push(chunk);
    return readToken(url, Buffer.concat(chunks).toString("utf8"));
  }

  async function tokenOf(remote: GitRemote, app: GitHubApp, signal: AbortSignal | undefined): Promise<Token> {
    const key = keyOf(app);
    const known = await tokens.get(key)?.catch(() => undefined);
    if (known !== undefined && known.expiresAt - spareMs > clock.now()) return known;
    const asked = request(remote, app, signal);
    tokens.set(key, asked);
    try {
      return await asked;
    } catch (error) {
      if (tokens.get(key) === asked) tokens.delete(key);
      throw error;
    }
  }

  return {
    authorize: async (remote, signal) => {
      const { credential } = remote;
      if (credential?.kind !== "githubApp") return remote;
      const { text } = await tokenOf(remote, credential, signal);
      return { ...remote, credential: { kind: "basic", username: "x-access-token", password: text } };
    },
    forget: ({ credential }) => {
      if (credential?.kind === "githubApp") tokens.delete(keyOf(credential));
    },
  };
}

/** Returns the JSON Web Token by which an app says who it is; it holds for nine minutes (GitHub takes ten at most). */
function appToken({ appId, privateKey }: GitHubApp, nowMs: number): string {
  const issuedAt = Math.floor(nowMs / 1000) - 60;
  const parts = [
    { alg: "RS256", typ: "JWT" },
    { iat: issuedAt, exp: issuedAt + 600, iss: appId },
  ];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${text}.${sign("RSA-SHA256", Buffer.from(text), createPrivateKey(privateKey)).toString("base64url")}`;
}

function apiOf({ url }: GitRemote): string {
  const { host, protocol } = new URL(url);
  if (protocol !== "https:")
    throw new AppError("GIT_URL_INVALID", "a GitHub App needs an https:// address of the repository", {
      verdict: "stalled",
    });
  return host.startsWith("api.") ? `https://${host}` : `https://api.${host}`;
}

function readToken(url: string, text: string): Token {
  const parsed = answerSchema.safeParse(parseAnswer(text));
  const expiresAt = Date.parse(parsed.data?.expires_at ?? "");
  if (parsed.data !== undefined && !Number.isNaN(expiresAt)) return { text: parsed.data.token, expiresAt };
  throw new AppError("GIT_AUTH_FAILED", `${url}: the answer holds no token; is this a GitHub API?`, {
    verdict: "stalled",
  });
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function keyOf({ appId, installationId, privateKey }: GitHubApp): string {
  return createHash("sha256")
    .update(JSON.stringify([appId, installationId, privateKey]))
    .digest("hex");
}
