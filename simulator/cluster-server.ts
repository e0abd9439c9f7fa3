import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { CertificatePair } from "../shared/runtime/certificates.ts";

/** A listening HTTP or HTTPS server that can go away and come back on the same port. */
export interface ClusterServer {
  /** Listens; on the port of the last time when there was one. */
  start(): Promise<void>;
  /** Closes the port and cuts all connections. */
  stop(): Promise<void>;
  /** The port it listens on, or listened on last; 0 before the first start. */
  port(): number;
}

/** Settings of the server. */
export interface ClusterServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Undefined: plain HTTP. */
  readonly certificate?: CertificatePair | undefined;
  /** PEM of the authority whose client certificates are accepted. */
  readonly clientCa?: string | undefined;
}

/** Returns a server that is not listening yet; `handle` answers every request. */
export function createClusterServer(
  options: ClusterServerOptions,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): ClusterServer {
  let server: Server | undefined;
  let { port } = options;

  async function start(): Promise<void> {
    if (server !== undefined) return;
    const { certificate, clientCa } = options;
    // Who has no certificate may have a token.
    const clients = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: false };
    const created =
      certificate === undefined ? createHttpServer(handle) : createHttpsServer({ ...certificate, ...clients }, handle);
    // Watches are long and quiet; clients decide when they have waited enough.
    created.requestTimeout = 0;
    created.keepAliveTimeout = 120_000;
    server = created;
    await new Promise<void>((resolve, reject) => {
      created.once("error", reject);
      created.listen(port, options.host, () => {
        created.off("error", reject);
        resolve();
      });
    });
    ({ port } = addressOf(created));
  }

  async function stop(): Promise<void> {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    await new Promise<void>((resolve) => {
      closing.close(() => resolve());
      closing.closeAllConnections();
    });
  }

  return { start, stop, port: () => port };
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen on a port");
  return address;
}
