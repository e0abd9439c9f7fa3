import {
  createHttpConnection,
  type HttpConnection,
  type HttpConnectionOptions,
  type HttpRequest,
} from "../http-connection.ts";
import { fetchPinnedCa } from "./trust-hub.ts";

/** How the hub is trusted: a CA at hand, the SHA-256 of one that it must show, or (with neither) the system's CAs. */
export interface HubTrust {
  readonly ca?: string | Buffer | undefined;
  readonly pin?: string | undefined;
}

/** Connections to the hub at the same time: the request that is held, reports beside it, and blobs. */
const maxSockets = 8;

/**
 * Returns the connection to a hub. With a pin the CA is fetched before the first request, as often as it takes: until
 * the hub has shown it nothing is sent.
 */
export function createHubConnection(
  hub: string,
  trust: HubTrust,
  proxyEnv: NonNullable<HttpConnectionOptions["proxyEnv"]>,
): HttpConnection {
  const open = (ca: string | Buffer | undefined): HttpConnection =>
    createHttpConnection({ baseUrl: hub, tls: ca === undefined ? {} : { ca }, maxSockets, proxyEnv });
  const { ca, pin } = trust;
  if (pin === undefined || ca !== undefined || !hub.startsWith("https:")) return open(ca);
  let opened: HttpConnection | undefined;
  let opening: Promise<HttpConnection> | undefined;

  function connection(): Promise<HttpConnection> {
    opening ??= fetchPinnedCa(new URL(hub), pin ?? "", proxyEnv).then(
      (pem) => (opened = open(pem)),
      (error: unknown) => {
        opening = undefined;
        throw error;
      },
    );
    return opening;
  }

  return {
    request: async (request: HttpRequest) => (await connection()).request(request),
    stream: async (request: HttpRequest) => (await connection()).stream(request),
    [Symbol.dispose]: () => opened?.[Symbol.dispose](),
  };
}
