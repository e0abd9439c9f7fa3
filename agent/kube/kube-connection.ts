import type { HttpConnectionOptions } from "../http-connection.ts";

/** How an API server is reached and how the agent proves who it is. */
export interface KubeConnection {
  readonly baseUrl: string;
  readonly tls: NonNullable<HttpConnectionOptions["tls"]>;
  /** Returns the `authorization` header's value now, if one is used: tokens in files are renewed from time to time. */
  readonly authorization: () => string | undefined;
}

/** Reads a file; throws when it cannot. */
export type ReadFile = (path: string) => Buffer;

/** Files that Kubernetes mounts into each pod. */
const mounted = "/var/run/secrets/kubernetes.io/serviceaccount";

/** How long a token read from a file is used before the file is read again. */
const tokenLifeMs = 60_000;

/** Returns the connection of a pod to its own cluster, or undefined outside of one. */
export function inClusterConnection(
  env: Readonly<Record<string, string | undefined>>,
  readFile: ReadFile,
): KubeConnection | undefined {
  const host = env["KUBERNETES_SERVICE_HOST"];
  const port = env["KUBERNETES_SERVICE_PORT"];
  if (host === undefined || port === undefined) return undefined;
  return {
    baseUrl: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    tls: { ca: readFile(`${mounted}/ca.crt`) },
    authorization: bearerFromFile(`${mounted}/token`, readFile),
  };
}

/** Returns a function giving `Bearer <token>` from a file that is read again once a minute. */
export function bearerFromFile(path: string, readFile: ReadFile): () => string {
  let token = "";
  let readAtMs = -Infinity;
  return () => {
    if (performance.now() - readAtMs > tokenLifeMs) {
      token = readFile(path).toString("utf8").trim();
      readAtMs = performance.now();
    }
    return `Bearer ${token}`;
  };
}
