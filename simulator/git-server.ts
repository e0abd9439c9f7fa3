import { execFile } from "node:child_process";
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { join } from "node:path";
import { promisify } from "node:util";
import { classifyGitRequest, type GitRequestKind } from "./git-request.ts";
import { type BodyTransform, serveGitBackend } from "./git-backend.ts";

/** One request that passed authentication. */
export interface GitExchange {
  readonly kind: GitRequestKind;
  /** Name of the repository without `.git`. */
  readonly repository: string;
  readonly response: ServerResponse;
}

/** What a Git server needs. */
export interface GitServerOptions {
  /** A folder for the bare repositories. */
  readonly root: string;
  /** Asked of every request, by basic authentication. */
  readonly auth?: { readonly user: string; readonly password: string };
  /** PEM of the serving certificate and its key; without them plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** `127.0.0.1` unless said. */
  readonly host?: string;
  /** Any free port unless said. */
  readonly port?: number;
  /** Sees each request before authentication; answers it itself and returns true, or leaves it. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Told of each request that is served. */
  readonly onExchange?: (exchange: GitExchange) => void;
  /** Stands between git's answer and the client. */
  readonly transform?: (kind: GitRequestKind) => BodyTransform | undefined;
}

/** A Git server that listens. */
export interface GitServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, no slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Creates an empty bare repository whose first branch is `main`; returns its clone URL, without credentials. */
  createRepository(name: string): Promise<string>;
  /** Returns the folder of a repository. */
  repositoryPath(name: string): string;
}

const run = promisify(execFile);

/** Serves bare repositories over smart HTTP, protocol versions 0 to 2, through `git http-backend`; git must be on PATH. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    serveRequest(options, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { "content-type": "text/plain" }).end(`${String(error)}\n`);
    });
  };
  const server = options.tls === undefined ? createServer(serve) : createTlsServer({ ...options.tls }, serve);
  const host = options.host ?? "127.0.0.1";
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the Git server has no port");
  const { port } = address;
  const url = `${options.tls === undefined ? "http" : "https"}://${host}:${port}`;
  const repositoryPath = (name: string): string => join(options.root, `${name}.git`);
  return {
    url,
    port,
    repositoryPath,
    createRepository: async (name) => {
      await run("git", ["init", "--quiet", "--bare", "--initial-branch=main", repositoryPath(name)]);
      await run("git", ["-C", repositoryPath(name), "config", "http.receivepack", "true"]);
      // As hosted servers do: a commit that a branch no longer names can still be fetched by its hash.
      await run("git", ["-C", repositoryPath(name), "config", "uploadpack.allowAnySHA1InWant", "true"]);
      return `${url}/${name}.git`;
    },
    [Symbol.asyncDispose]: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      });
    },
  };
}

async function serveRequest(options: GitServerOptions, request: IncomingMessage, response: ServerResponse) {
  if (options.intercept?.(request, response) === true) return;
  if (options.auth !== undefined && !isAuthorized(request.headers.authorization, options.auth)) {
    request.resume();
    response.writeHead(401, { "www-authenticate": 'Basic realm="git"', "content-type": "text/plain" });
    response.end("credentials needed\n");
    return;
  }
  const classified = await classifyGitRequest(request);
  if (classified === undefined) {
    request.resume();
    response.writeHead(404, { "content-type": "text/plain" }).end("not a repository of this server\n");
    return;
  }
  options.onExchange?.({ kind: classified.kind, repository: classified.repository, response });
  await serveGitBackend({
    root: options.root,
    request,
    response,
    body: classified.body,
    transform: options.transform?.(classified.kind),
  });
}

function isAuthorized(header: string | undefined, auth: { user: string; password: string }): boolean {
  const wanted = `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString("base64")}`;
  return timingSafeEqual(digest(header ?? ""), digest(wanted));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
