import { freePort } from "../kube/free-port.ts";
import { type KubeCluster, startKubeCluster } from "../kube/cluster.ts";
import { type AgentProcess, type BundlerProcess, startAgent, startBundler } from "./drover-process.ts";
import { startGitServer, type TestGitServer } from "./git-server.ts";
import { kubectl, type KubectlResult } from "./kubectl.ts";

/** The whole chain of processes: Git server, bundler, and an agent for each real cluster. */
export interface E2eChain extends AsyncDisposable {
  readonly git: TestGitServer;
  readonly bundler: BundlerProcess;
  readonly clusters: Readonly<Record<string, KubeCluster>>;
  readonly agents: Readonly<Record<string, AgentProcess>>;
  /** kubectl against the hub. */
  hub(...args: readonly string[]): Promise<KubectlResult>;
  /** kubectl against a cluster. */
  on(cluster: string, ...args: readonly string[]): Promise<KubectlResult>;
}

/** Starts the chain with one real cluster for each name, labelled `env=<name>`; `databaseUrl` chooses PostgreSQL. */
export async function startChain(
  names: readonly string[],
  options: {
    readonly databaseUrl?: string;
    readonly auditLog?: boolean;
    /** Runs controllers and fake nodes, so that Jobs complete. */
    readonly workloads?: boolean;
    readonly installed?: boolean;
    readonly bundlerArgs?: readonly string[];
  } = {},
): Promise<E2eChain> {
  await using stack = new AsyncDisposableStack();
  const git = stack.use(await startGitServer());
  const bundler = stack.use(
    await startBundler({
      port: await freePort(),
      ...(options.databaseUrl === undefined ? {} : { databaseUrl: options.databaseUrl }),
      args: options.bundlerArgs ?? [],
    }),
  );
  const started = await Promise.all(
    names.map(async (name) => {
      const { auditLog = false, workloads = false } = options;
      return startKubeCluster({ name, auditLog, controllers: workloads, fakeNodes: workloads });
    }),
  );
  for (const cluster of started) stack.use(cluster);
  const clusters = Object.fromEntries(started.map((cluster) => [cluster.name, cluster]));
  const agents: Record<string, AgentProcess> = {};
  for (const cluster of started)
    agents[cluster.name] = stack.use(
      await startAgent(bundler, cluster, { labels: { env: cluster.name }, installed: options.installed ?? false }),
    );
  const owned = stack.move();
  return {
    git,
    bundler,
    clusters,
    agents,
    hub: async (...args) => kubectl(args, { kubeconfigPath: bundler.kubeconfigPath }),
    on: async (cluster, ...args) => kubectl(args, { kubeconfigPath: clusters[cluster]?.kubeconfigPath ?? "" }),
    [Symbol.asyncDispose]: async () => owned.disposeAsync(),
  };
}

const lookEveryMs = 50;

/**
 * Runs `look` until it returns true, or throws with what `describe` says after `timeoutMs`. A look that starts a process
 * takes longer and comes less often, or looking would take the CPU time from what it waits for.
 */
export async function until(
  what: string,
  look: () => Promise<boolean>,
  options: { readonly timeoutMs?: number; readonly describe?: () => Promise<string> | string } = {},
): Promise<void> {
  const deadline = performance.now() + (options.timeoutMs ?? 30_000);
  for (;;) {
    const startMs = performance.now();
    if (await look()) return;
    const tookMs = performance.now() - startMs;
    if (performance.now() > deadline)
      throw new Error(`${what}: not within ${options.timeoutMs ?? 30_000} ms. ${(await options.describe?.()) ?? ""}`);
    await new Promise((resolve) => {
      setTimeout(resolve, Math.min(Math.max(lookEveryMs, 2 * tookMs), 1000));
    });
  }
}

/** Makes the hub follow a repository on branch main for all clusters, looking every second; throws what kubectl says. */
export async function followRepository(
  bundler: Pick<BundlerProcess, "kubeconfigPath">,
  {
    name,
    url,
    spec = {},
  }: { readonly name: string; readonly url: string; readonly spec?: Readonly<Record<string, unknown>> },
): Promise<void> {
  const gitRepo = {
    apiVersion: "fleet.cattle.io/v1alpha1",
    kind: "GitRepo",
    metadata: { name, namespace: "fleet-default" },
    spec: {
      repo: url,
      branch: "main",
      pollingInterval: "1s",
      targets: [{ name: "all", clusterSelector: {} }],
      ...spec,
    },
  };
  await applyToHub(bundler, gitRepo);
}

/** Applies an object to the hub; throws what kubectl says. */
export async function applyToHub(bundler: Pick<BundlerProcess, "kubeconfigPath">, object: object): Promise<void> {
  const options = { kubeconfigPath: bundler.kubeconfigPath, stdin: JSON.stringify(object) };
  const { exitCode, stderr } = await kubectl(["apply", "-f", "-"], options);
  if (exitCode !== 0) throw new Error(`the hub did not accept the object: ${stderr}`);
}
