import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../shared/clock.ts";
import { silentLogger } from "../../shared/log.ts";
import { createSimulatedCluster } from "../../simulator/simulated-cluster.ts";
import type { BinaryName } from "../kube/binary-recipes.ts";
import { type KubeCluster, startKubeCluster } from "../kube/cluster.ts";
import { createKubeClient } from "../kube/kube-request.ts";
import { missingPrograms, reasonMissing } from "./missing-programs.ts";
import { createTempDir } from "./temp-dir.ts";

/** A cluster for tests that ask nothing of it but Kubernetes' API. */
export interface TestCluster extends Omit<KubeCluster, "auditLogPath"> {
  readonly simulated: boolean;
}

/** What to start. */
export interface TestClusterOptions {
  readonly name: string;
  /** Makes workloads ready; the simulator always does. */
  readonly fakeNodes?: boolean;
}

/**
 * Starts a real control plane; where its programs are missing, a cluster of the simulator, and says so on stderr. With
 * `CI=true` missing programs are an error.
 */
export async function startTestCluster(options: TestClusterOptions): Promise<TestCluster> {
  const reason = reasonMissing(await missingPrograms(programsFor(options)));
  if (reason === undefined) return { ...(await startKubeCluster(options)), simulated: false };
  if (process.env["CI"] === "true") throw new Error(`no real cluster for tests: ${reason}`);
  process.stderr.write(`ON THE SIMULATOR, not on a real API server: ${reason}\n`);
  return startSimulated(options.name);
}

function programsFor(options: TestClusterOptions): BinaryName[] {
  const controlPlane: BinaryName[] = ["etcd", "kube-apiserver"];
  if (options.fakeNodes !== true) return controlPlane;
  return [...controlPlane, "kube-controller-manager", "kube-scheduler", "kwok"];
}

async function startSimulated(name: string): Promise<TestCluster> {
  const dir = await createTempDir(`simulated-${name}`);
  const cluster = await createSimulatedCluster({ name, clock: systemClock, log: silentLogger });
  const kubeconfigPath = join(dir.path, "kubeconfig.yaml");
  await writeFile(kubeconfigPath, cluster.kubeconfig, { mode: 0o600 });
  const endpoint = { url: cluster.url, caCert: cluster.ca, token: cluster.token };
  const client = createKubeClient(endpoint);
  const stop = async (): Promise<void> => {
    client[Symbol.dispose]();
    await cluster[Symbol.asyncDispose]();
    await dir[Symbol.asyncDispose]();
  };
  return {
    ...endpoint,
    name,
    simulated: true,
    kubeconfig: cluster.kubeconfig,
    kubeconfigPath,
    request: (path, options) => client.request(path, options),
    killApiServer: () => cluster.stop(),
    restartApiServer: () => cluster.start(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
