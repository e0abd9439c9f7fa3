import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findOrBuildBinaries } from "./binaries.ts";
import type { BinaryName } from "./binary-recipes.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { createFakeNodes, waitForObjects } from "./fake-nodes.ts";
import { createKubeClient, type KubeAnswer, type KubeEndpoint, type KubeRequestOptions } from "./kube-request.ts";
import { kubeconfigText } from "./kubeconfig.ts";
import { createClusterPki } from "./pki.ts";
import { startWatchdog } from "./watchdog.ts";

/** What a test cluster has besides etcd and kube-apiserver. */
export interface KubeClusterOptions {
  /** Also the name of the kubeconfig's context. */
  readonly name: string;
  /** Runs kube-controller-manager and kube-scheduler: service accounts, garbage collection, workloads. */
  readonly controllers?: boolean;
  /** Runs kwok with two nodes, so that pods run and Jobs complete or fail (see `stages.yaml`); asks for `controllers`. */
  readonly fakeNodes?: boolean;
  /** Writes every finished request as a JSON line to `auditLogPath`. */
  readonly auditLog?: boolean;
}

/** What a client needs to know of a test cluster; plain data. */
export interface KubeClusterInfo extends KubeEndpoint {
  readonly name: string;
  /** The text of a kubeconfig with an admin of the group `system:masters`. */
  readonly kubeconfig: string;
  readonly kubeconfigPath: string;
  readonly auditLogPath?: string;
}

/** A real Kubernetes control plane that belongs to this process. */
export interface KubeCluster extends KubeClusterInfo, AsyncDisposable {
  /** Sends a request as the admin. */
  request(path: string, options?: KubeRequestOptions): Promise<KubeAnswer>;
  /** Ends everything and removes the folder. May be called twice. */
  stop(): Promise<void>;
  /** SIGKILL for the API server; clients then see refused connections. */
  killApiServer(): Promise<void>;
  /** Starts the API server again, on the same port and data, and waits until it is ready. */
  restartApiServer(): Promise<void>;
}

/** Starts a control plane in a folder of its own; several fit side by side. Throws where a program is missing. */
export async function startKubeCluster(options: KubeClusterOptions): Promise<KubeCluster> {
  const paths = await programPaths(options);
  const dir = await mkdtemp(join(tmpdir(), `drover-kube-${options.name}-`));
  const watchdog = startWatchdog(dir);
  let plane: ControlPlane | undefined;
  const cleanUp = async (): Promise<void> => {
    await plane?.stop();
    await watchdog.release();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const pki = await createClusterPki(dir);
    const token = randomBytes(24).toString("hex");
    plane = await startControlPlane({
      dir,
      watchdog,
      pki,
      token,
      paths,
      controllers: options.controllers === true || options.fakeNodes === true,
      auditLog: options.auditLog === true,
    });
    const info = await writeInfo(options.name, dir, { url: plane.url, caCert: pki.caCert, token });
    await startControllers(plane, options, info);
    return clusterHandle({ info, plane, cleanUp, auditLog: options.auditLog === true, dir });
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

async function programPaths(options: KubeClusterOptions): Promise<(name: BinaryName) => string> {
  const names: BinaryName[] = ["etcd", "kube-apiserver"];
  if (options.controllers === true || options.fakeNodes === true) {
    names.push("kube-controller-manager", "kube-scheduler");
  }
  if (options.fakeNodes === true) names.push("kwok");
  const { paths, missing } = await findOrBuildBinaries(names);
  if (missing.length > 0) {
    throw new Error(missing.map(({ name, reason }) => `${name} is missing: ${reason}`).join("\n"));
  }
  return (name) => {
    const path = paths[name];
    if (path === undefined) throw new Error(`${name} was not asked for`);
    return path;
  };
}

async function writeInfo(name: string, dir: string, endpoint: KubeEndpoint): Promise<KubeClusterInfo> {
  const kubeconfigPath = join(dir, "kubeconfig.yaml");
  const kubeconfig = kubeconfigText(name, endpoint);
  await writeFile(kubeconfigPath, kubeconfig, { mode: 0o600 });
  return { ...endpoint, name, kubeconfig, kubeconfigPath };
}

async function startControllers(
  plane: ControlPlane,
  options: KubeClusterOptions,
  info: KubeClusterInfo,
): Promise<void> {
  if (options.controllers !== true && options.fakeNodes !== true) return;
  using client = createKubeClient(info);
  await plane.startControllers(info.kubeconfigPath);
  if (options.fakeNodes === true) {
    await plane.startKwok(info.kubeconfigPath);
    await createFakeNodes(client);
  }
  // The first thing that tests trip over while the controller-manager is still starting.
  await waitForObjects(client, ["/api/v1/namespaces/default/serviceaccounts/default"], 30_000);
}

interface HandleParts {
  readonly info: KubeClusterInfo;
  readonly plane: ControlPlane;
  readonly dir: string;
  readonly auditLog: boolean;
  readonly cleanUp: () => Promise<void>;
}

function clusterHandle({ info, plane, dir, auditLog, cleanUp }: HandleParts): KubeCluster {
  const client = createKubeClient(info);
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    client[Symbol.dispose]();
    stopped ??= cleanUp();
    await stopped;
  };
  return {
    ...info,
    ...(auditLog ? { auditLogPath: join(dir, "audit.log") } : {}),
    request: (path, options) => client.request(path, options),
    stop,
    killApiServer: async () => {
      await plane.killApiServer();
    },
    restartApiServer: async () => {
      await plane.restartApiServer();
    },
    [Symbol.asyncDispose]: stop,
  };
}
