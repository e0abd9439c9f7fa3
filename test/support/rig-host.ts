import { createServer } from "node:http";
import { type KubeCluster, startKubeCluster } from "../kube/cluster.ts";
import { findPostgresBinDir, type PostgresServer, startPostgresServer } from "./postgres-server.ts";

/** Starts what tests share, once per run and only when the first test asks, and ends it with the run. */
export interface RigHost extends AsyncDisposable {
  /** Tests ask `GET /cluster` and `GET /bare-cluster` for a `KubeClusterInfo`, `GET /postgres` for `{ adminUrl }`; 500 with the reason otherwise. */
  readonly url: string;
}

/** Starts the host; it listens on a free port of 127.0.0.1. */
export async function startRigHost(): Promise<RigHost> {
  let cluster: Promise<KubeCluster> | undefined;
  let bareCluster: Promise<KubeCluster> | undefined;
  let postgres: Promise<PostgresServer> | undefined;
  const resource = async (path: string | undefined): Promise<unknown> => {
    if (path === "/cluster") {
      cluster ??= startKubeCluster({ name: "shared", controllers: true, fakeNodes: true, auditLog: true });
      return cluster;
    }
    if (path === "/bare-cluster") {
      bareCluster ??= startKubeCluster({ name: "bare" });
      return bareCluster;
    }
    if (path === "/postgres") {
      postgres ??= startInstalledPostgres();
      return { adminUrl: (await postgres).adminUrl };
    }
    throw new Error(`nothing is shared at ${path}`);
  };
  const server = createServer((request, response) => {
    resource(request.url).then(
      (value) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value)),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the rig's host has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      // What failed to start has told the test that asked, and has cleaned up.
      const [startedPostgres, ...startedClusters] = await Promise.allSettled([postgres, cluster, bareCluster]);
      for (const started of startedClusters) if (started.status === "fulfilled") await started.value?.stop();
      if (startedPostgres.status === "fulfilled") await startedPostgres.value?.[Symbol.asyncDispose]();
    },
  };
}

async function startInstalledPostgres(): Promise<PostgresServer> {
  const binDir = await findPostgresBinDir();
  if (binDir === undefined) throw new Error("there is no PostgreSQL server on this machine");
  return startPostgresServer(binDir);
}
