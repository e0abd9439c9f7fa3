import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { byBearerToken, byClientCertificate, firstKnown } from "../apiserver/access/authenticate.ts";
import { createRbacAuthorizer } from "../apiserver/access/rbac.ts";
import { createApiHandler, type AuditEvent } from "../apiserver/http/create-api-handler.ts";
import { createResourceRegistry } from "../apiserver/resources/resource-registry.ts";
import { createMemoryStore, type MemoryStore } from "../apiserver/storage/memory-store.ts";
import type { Clock } from "../shared/clock.ts";
import type { Logger } from "../shared/log.ts";
import {
  createCertificateAuthority,
  issueServerCertificate,
  type CertificatePair,
} from "../shared/runtime/certificates.ts";
import { createClusterClient, type ClusterClient } from "./cluster-client.ts";
import { clusterKinds } from "./cluster-kinds.ts";
import { createControllers } from "./controllers/create-controllers.ts";
import { startControllers } from "./controllers/controller-loop.ts";
import { createFailures, type Failures } from "./failures.ts";
import { createClusterCredentials } from "./cluster-credentials.ts";
import { clusterSubresources } from "./cluster-subresources.ts";
import { createClusterServer } from "./cluster-server.ts";
import { kubeconfigText } from "./kubeconfig-text.ts";
import { seedCluster } from "./seed/seed-objects.ts";

/** Settings of a simulated cluster. */
export interface SimulatedClusterOptions {
  /** Names the cluster in its kubeconfig and its nodes. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default true; false serves plain HTTP. */
  readonly tls?: boolean;
  /** The administrator's bearer token; default: a random one. */
  readonly token?: string;
  /** How long pods take to become ready, and to stop (default 200). */
  readonly settleMs?: number;
  /** Told of each request over HTTP when it was answered; what its controllers do is none. */
  readonly audit?: (event: AuditEvent) => void;
}

/** A Kubernetes API server with a memory store and small controllers, in this process. */
export interface SimulatedCluster extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  /** The administrator's token and kubeconfig (text). */
  readonly token: string;
  readonly kubeconfig: string;
  /** PEM of the certificate authority; "" over plain HTTP. */
  readonly ca: string;
  readonly store: MemoryStore;
  /** Reads and writes as a system component, without HTTP. */
  readonly client: ClusterClient;
  /** Makes workloads fail. */
  readonly failures: Failures;
  /** Resolves when the controllers have nothing to do but wait. */
  settled(): Promise<void>;
  /** Cuts all connections and closes the port, as a cluster that is away; objects stay. */
  stop(): Promise<void>;
  /** Comes back on the same port. */
  start(): Promise<void>;
}

const kubernetesVersion = { major: "1", minor: "36", gitVersion: "v1.36.3" };
const certificateValidMs = 365 * 24 * 60 * 60 * 1000;

/** Returns a cluster that is listening and has its namespaces, roles and nodes. */
export async function createSimulatedCluster(options: SimulatedClusterOptions): Promise<SimulatedCluster> {
  const { name, clock, log, host = "127.0.0.1" } = options;
  const ending = new AbortController();
  const token = options.token ?? randomBytes(24).toString("base64url");
  const store = createMemoryStore();
  const registry = createResourceRegistry();
  const rbac = createRbacAuthorizer({ store }, ending.signal);
  const credentials = createClusterCredentials(token, clock);
  const authorize = async (attributes: Parameters<typeof rbac.authorize>[0]) => rbac.authorize(attributes);

  const api = createApiHandler({
    registry,
    authenticate: firstKnown(byBearerToken(credentials.userOfToken), byClientCertificate()),
    authorize,
    version: kubernetesVersion,
    clock,
    ...(options.audit === undefined ? {} : { audit: options.audit }),
    onFault: (error) =>
      log.error(
        { cluster: name, error: String(error), stack: error instanceof Error ? error.stack : undefined },
        "request failed",
      ),
  });
  const client = createClusterClient({ registry, parts: api.parts, manager: "kube-apiserver" });
  const subresources = clusterSubresources(client, credentials);
  registry.add(clusterKinds({ store, authorize, rbac, credentials, subresources }));
  const authority = options.tls === false ? undefined : await createAuthority(name, host, clock);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const isOurs = await api.handle(request, response);
    if (!isOurs) response.writeHead(404, { "Content-Type": "text/plain" }).end("404 page not found\n");
  };
  const server = createClusterServer(
    { host, port: options.port ?? 0, certificate: authority?.serving, clientCa: authority?.ca },
    (request, response) => {
      void answer(request, response);
    },
  );
  const ca = authority?.ca ?? "";
  const nodeNames = [`${name}-node-1`, `${name}-node-2`];
  const failures = createFailures((namespace) => void lookAgain(namespace));
  const controllers = startControllers(
    createControllers(
      {
        client: createClusterClient({ registry, parts: api.parts, manager: "kube-controller-manager" }),
        clock,
        settleMs: options.settleMs ?? 200,
        failures,
      },
      { registry, store, ca, nodeNames },
    ),
    store,
    log,
  );
  const lookAgain = async (namespace: string): Promise<void> => {
    for (const pod of await client.list("/pods", namespace)) controllers.enqueue("/pods", pod);
  };
  await seedCluster(client, nodeNames);
  await server.start();
  const url = `${authority === undefined ? "http" : "https"}://${host}:${server.port()}`;

  return {
    name,
    url,
    token,
    kubeconfig: kubeconfigText({ name, url, token, ca }),
    ca,
    store,
    client,
    failures,
    settled: async () => controllers.settled(),
    stop: async () => server.stop(),
    start: async () => server.start(),
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      api.close();
      await controllers[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

interface Authority {
  readonly ca: string;
  readonly serving: CertificatePair;
}

async function createAuthority(name: string, host: string, clock: Clock): Promise<Authority> {
  const validity = { nowMs: clock.now(), validMs: certificateValidMs };
  const authority = await createCertificateAuthority(`${name}-ca`, validity);
  const names = ["localhost", "kubernetes.default.svc", ...new Set(["127.0.0.1", host])];
  return { ca: authority.cert, serving: await issueServerCertificate(authority, { names, ...validity }) };
}
