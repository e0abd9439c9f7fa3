import { freePort } from "../test/kube/free-port.ts";
import type { KubeCluster } from "../test/kube/cluster.ts";
import { asInstalled, startProgram } from "../test/support/drover-process.ts";
import { until } from "../test/support/e2e-chain.ts";
import { createTempDir } from "../test/support/temp-dir.ts";
import { type ScriptedBundle, type ScriptedHub, startScriptedHub } from "../test/integration/agent/scripted-hub.ts";

/** An agent as it is installed, with a hub of its own that says what the bench tells it to. */
export interface InstalledAgent extends AsyncDisposable {
  readonly hub: ScriptedHub;
  readonly pid: number;
  /** The agent's own namespace. */
  readonly namespace: string;
  /** Adds bundles to what the cluster should have and waits until all of them are Ready. */
  add(bundles: readonly ScriptedBundle[]): Promise<void>;
  /** Returns how many looks at deployments have ended so far. */
  looks(): Promise<number>;
}

/** What has to be ready on a busy machine; a bench asserts no times. */
const patienceMs = 30 * 60_000;

/** Starts an agent from `dist/` as its manifest does, one of the two pods; `namespace` holds what it keeps there. */
export async function startInstalledAgent(cluster: KubeCluster, namespace: string): Promise<InstalledAgent> {
  await using stack = new AsyncDisposableStack();
  const hub = stack.use(await startScriptedHub());
  const folder = stack.use(await createTempDir("bench-agent"));
  const port = await freePort();
  // The manifest makes it: the Lease is the first that is written there.
  await cluster.request("/api/v1/namespaces", { method: "POST", body: { metadata: { name: namespace } } });
  const args = [
    ["--hub", hub.url, "--token", "token-1", "--kubeconfig", cluster.kubeconfigPath],
    ["--namespace", namespace, "--data-dir", folder.path, "--health-port", String(port), "--leader-elect"],
  ].flat();
  const program = stack.use(await startProgram("dist/agent.mjs", args, { ready: "agent started", ...asInstalled }));
  const bundles: ScriptedBundle[] = [];
  const owned = stack.move();
  return {
    hub,
    namespace,
    pid: program.child.pid ?? 0,
    add: async (more) => {
      bundles.push(...more);
      hub.publish({ bundles });
      const isReady = ({ bundle }: ScriptedBundle): boolean => hub.statuses.get(bundle)?.state === "Ready";
      await until("all bundles are Ready", async () => more.every(isReady), {
        timeoutMs: patienceMs,
        describe: () => program.output().slice(-2000),
      });
    },
    looks: async () => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const runs = text.matchAll(/^gitops_controller_runs_total\{controller="deployment",result="\w+"\} (\d+)$/gmu);
      return [...runs].reduce((sum, [, count]) => sum + Number(count), 0);
    },
    [Symbol.asyncDispose]: async () => owned.disposeAsync(),
  };
}

/** Returns a bundle of ConfigMaps named after it. */
export function mapsBundle(name: string, objects: number, options: ScriptedBundle["options"] = {}): ScriptedBundle {
  const files = Array.from({ length: objects }, (_, index) => [`${index}.yaml`, mapText(`${name}-${index}`)]);
  return {
    bundle: `bench/${name}`,
    files: Object.fromEntries(files),
    options: { defaultNamespace: "bench", ...options },
  };
}

/** Returns a ConfigMap as YAML. */
export function mapText(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  labels: {app: bench}\ndata:\n  value: "1"\n  text: some words\n`;
}
