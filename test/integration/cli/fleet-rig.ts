import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { type KubeCluster, startKubeCluster } from "../../kube/cluster.ts";
import { freePort } from "../../kube/free-port.ts";
import { type BundlerProcess, startBundler } from "../../support/drover-process.ts";
import { startGitServer, type TestGitServer } from "../../support/git-server.ts";
import { programPath } from "../../support/kube.ts";
import { kubectl, type KubectlResult } from "../../support/kubectl.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { clusterNamespace, fleetAgent, fleetDefinitions, fleetObjects, webChart, workspace } from "./fleet-objects.ts";
import { writeFiles } from "../../support/write-files.ts";

const run = promisify(execFile);

/** A cluster that Fleet manages, with Fleet's own objects on it too, and a Drover hub that knows nothing of it yet. */
export interface FleetRig extends AsyncDisposable {
  readonly git: TestGitServer;
  readonly bundler: BundlerProcess;
  readonly cluster: KubeCluster;
  /** A folder that goes with the rig. */
  readonly folder: string;
  /** kubectl against the cluster; throws what it says when it fails. */
  on(...args: readonly string[]): Promise<string>;
  /** kubectl against the hub. */
  hub(...args: readonly string[]): Promise<KubectlResult>;
}

/** Starts it: CRDs of Fleet, releases `web` and `other` by the real helm, and a stand-in for Fleet's controllers. */
export async function startFleetRig(): Promise<FleetRig> {
  await using stack = new AsyncDisposableStack();
  const git = stack.use(await startGitServer());
  const bundler = stack.use(await startBundler({ port: await freePort() }));
  const cluster = stack.use(
    await startKubeCluster({ name: "prod", auditLog: true, controllers: true, fakeNodes: true }),
  );
  const folder = stack.use(await createTempDir("fleet"));
  const repo = await git.createRepository("config");
  await git.commit("config", { files: inFolder("web", { ...webChart, "fleet.yaml": fleetYaml }) });
  const on = async (args: readonly string[], stdin = ""): Promise<string> => {
    const { exitCode, stdout, stderr } = await kubectl(args, { kubeconfigPath: cluster.kubeconfigPath, stdin });
    if (exitCode !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  const apply = async (objects: readonly object[]): Promise<void> => {
    await on(["apply", "-f", "-"], objects.map((object) => JSON.stringify(object)).join("\n---\n"));
  };
  await apply(fleetDefinitions());
  await on(["wait", "--for=condition=Established", "crd", "--all"]);
  // kubectl asks again while the server still sets up what it keeps of a new kind; a command does not.
  await on(["get", "-A", "gitrepos,clusters,clustergroups,bundledeployments,gitreporestrictions,helmops"]);
  for (const name of [workspace, clusterNamespace]) await on(["create", "namespace", name]);
  await apply([...fleetObjects(repo), ...fleetAgent()]);
  const credential = ["--type=kubernetes.io/basic-auth", "--from-literal=username=u", "--from-literal=password=p"];
  await on(["-n", workspace, "create", "secret", "generic", "git", ...credential]);
  await installReleases(folder.path, cluster);
  const stop = new AbortController();
  const controllers = actAsFleet(cluster, stop.signal);
  stack.defer(async () => {
    stop.abort();
    await controllers;
  });
  const owned = stack.move();
  return {
    git,
    bundler,
    cluster,
    folder: folder.path,
    on: async (...args) => on(args),
    hub: async (...args) => kubectl(args, { kubeconfigPath: bundler.kubeconfigPath }),
    [Symbol.asyncDispose]: async () => owned.disposeAsync(),
  };
}

const fleetYaml = "defaultNamespace: shop\nhelm: { releaseName: web }\n";

function inFolder(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));
}

/** What Fleet's agent, which is Helm, has installed; and a release that is none of Fleet's business. */
async function installReleases(folder: string, cluster: KubeCluster): Promise<void> {
  const chart = join(folder, "chart");
  await writeFiles(chart, webChart);
  const env = { ...process.env, KUBECONFIG: cluster.kubeconfigPath, HELM_CACHE_HOME: join(folder, "helm") };
  const helm = await programPath("helm");
  const place = ["--namespace", "shop", "--create-namespace"];
  await run(helm, ["install", "web", chart, ...place, "--set", "fleet=true"], { env });
  await run(helm, ["install", "other", chart, ...place, "--set", "color=blue"], { env });
}

/** What Fleet's controllers and agent do that an import waits for: deploy keepResources, and clean up after GitRepos. */
async function actAsFleet(cluster: KubeCluster, signal: AbortSignal): Promise<void> {
  const fleet = "/apis/fleet.cattle.io/v1alpha1/namespaces";
  const deployment = `${fleet}/${clusterNamespace}/bundledeployments/config-web`;
  const patch = async (body: object): Promise<unknown> =>
    cluster.request(deployment, { method: "PATCH", contentType: "application/merge-patch+json", body });
  while (!signal.aborted) {
    const repo = await cluster.request(`${fleet}/${workspace}/gitrepos/config`);
    if (repo.status === 404) await cluster.request(deployment, { method: "DELETE" });
    else if (repo.text.includes('"keepResources":true')) {
      await patch({ spec: { deploymentID: "kept", options: { keepResources: true } } });
      const agent = await cluster.request("/apis/apps/v1/namespaces/cattle-fleet-system/deployments/fleet-agent");
      if (agent.text.includes('"replicas":1,"')) await patch({ status: { appliedDeploymentID: "kept" } });
    }
    await pause(300, undefined, { signal }).catch(() => undefined);
  }
}
