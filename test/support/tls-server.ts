import { createServer } from "node:https";
import type { IncomingMessage } from "node:http";
import { readFile } from "node:fs/promises";
import { createClusterPki } from "../kube/pki.ts";
import { createTempDir } from "./temp-dir.ts";

/** A server on 127.0.0.1 with a certificate of its own, for what an API server calls: kubelets and webhooks. */
export interface TlsServer extends AsyncDisposable {
  readonly port: number;
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** The authority of its certificate, as `caBundle` wants it. */
  readonly caBundle: string;
  /** Ends the server; calls are refused from then on. */
  stop(): Promise<void>;
}

/** What was asked. */
export interface TlsRequest {
  readonly path: string;
  readonly body: string;
}

/** Starts a server that answers every request with 200 and the text that `answer` returns. */
export async function startTlsServer(answer: (request: TlsRequest) => string): Promise<TlsServer> {
  const dir = await createTempDir("tls");
  const { caCert, files } = await createClusterPki(dir.path);
  const server = createServer(
    { cert: await readFile(files.servingCert), key: await readFile(files.servingKey) },
    (request, response) => {
      readBody(request)
        .then((body) => response.end(answer({ path: request.url ?? "", body })))
        .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
    },
  );
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(0, "127.0.0.1", resolve);
  await listening;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");

  async function stop(): Promise<void> {
    if (!server.listening) return;
    const { promise, resolve: closed } = Promise.withResolvers<void>();
    server.close(() => closed());
    server.closeAllConnections();
    await promise;
  }

  return {
    port: address.port,
    url: `https://127.0.0.1:${address.port}`,
    caBundle: Buffer.from(caCert).toString("base64"),
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      await dir[Symbol.asyncDispose]();
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
