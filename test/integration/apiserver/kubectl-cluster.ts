import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../../shared/clock.ts";
import { silentLogger } from "../../../shared/log.ts";
import { createSimulatedCluster, type SimulatedCluster } from "../../../simulator/simulated-cluster.ts";
import { kubectl, type KubectlOptions } from "../../support/kubectl.ts";
import { createTempDir } from "../../support/temp-dir.ts";

/** A simulated cluster that kubectl is pointed at. */
export interface KubectlCluster extends AsyncDisposable {
  readonly cluster: SimulatedCluster;
  readonly dir: string;
  /** Runs kubectl (arguments split at blanks) and returns its output; throws with what it said when it fails. */
  run(command: string, options?: Partial<KubectlOptions>): Promise<string>;
  /** Runs kubectl and returns what it said on its way to failing; throws when it does not fail. */
  fail(command: string, options?: Partial<KubectlOptions>): Promise<string>;
}

/** Starts a simulated cluster and writes its kubeconfig into a folder that goes away with it. */
export async function createKubectlCluster(): Promise<KubectlCluster> {
  const folder = await createTempDir("kubectl");
  const cluster = await createSimulatedCluster({ name: "sim", clock: systemClock, log: silentLogger, settleMs: 50 });
  const kubeconfigPath = join(folder.path, "kubeconfig");
  await writeFile(kubeconfigPath, cluster.kubeconfig);
  const start = async (command: string, options: Partial<KubectlOptions>) =>
    kubectl(command.split(" "), { kubeconfigPath, ...options });
  return {
    cluster,
    dir: folder.path,
    run: async (command, options = {}) => {
      const { exitCode, stdout, stderr } = await start(command, options);
      if (exitCode !== 0) throw new Error(`kubectl ${command} ended with ${exitCode}: ${stderr}${stdout}`);
      return stdout;
    },
    fail: async (command, options = {}) => {
      const { exitCode, stdout, stderr } = await start(command, options);
      if (exitCode === 0) throw new Error(`kubectl ${command} did not fail: ${stdout}`);
      return stderr + stdout;
    },
    [Symbol.asyncDispose]: async () => {
      await cluster[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
