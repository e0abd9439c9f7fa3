import { writeFile } from "node:fs/promises";
import { get } from "node:http";
import { join } from "node:path";
import { apiServerArgs, auditPolicy } from "./api-server-args.ts";
import type { BinaryName } from "./binary-recipes.ts";
import { controllerManagerArgs, kwokArgs, schedulerArgs } from "./controller-args.ts";
import { freePort } from "./free-port.ts";
import { createKubeClient } from "./kube-request.ts";
import type { ClusterPki } from "./pki.ts";
import { type Program, startProgram, waitUntilReady } from "./start-program.ts";
import type { Watchdog } from "./watchdog.ts";

/** What a control plane is started with. */
export interface ControlPlaneSettings {
  readonly dir: string;
  readonly watchdog: Watchdog;
  readonly pki: ClusterPki;
  readonly token: string;
  readonly controllers: boolean;
  readonly auditLog: boolean;
  readonly paths: (name: BinaryName) => string;
}

/** The processes of one cluster. */
export interface ControlPlane {
  readonly url: string;
  startControllers(kubeconfigPath: string): Promise<void>;
  startKwok(kubeconfigPath: string): Promise<void>;
  killApiServer(): Promise<void>;
  restartApiServer(): Promise<void>;
  /** Ends what still runs; kube-apiserver before etcd, since it lingers for minutes when etcd goes first. */
  stop(): Promise<void>;
}

const readyDeadlineMs = 90_000;
const attempts = 3;

/** Starts etcd and kube-apiserver and waits until the API server says that it is ready. */
export async function startControlPlane(settings: ControlPlaneSettings): Promise<ControlPlane> {
  const etcd = await startEtcd(settings);
  const others: Program[] = [];
  const prepared = await writeServerFiles(settings);
  try {
    const server = await retryOnTakenPort(async () => {
      const port = await freePort();
      const args = apiServerArgs({ ...prepared, port, etcdUrl: etcd.url });
      return { url: `https://127.0.0.1:${port}`, args, program: await startApiServer(settings, port, args) };
    });
    let apiServer = server.program;
    const port = Number(new URL(server.url).port);
    const start = async (name: BinaryName, args: readonly string[]): Promise<void> => {
      others.push(await startProgram(programSpec(settings, name, args)));
    };
    return {
      url: server.url,
      startControllers: async (kubeconfigPath) => {
        await start("kube-controller-manager", controllerManagerArgs(settings.pki.files, kubeconfigPath));
        await start("kube-scheduler", schedulerArgs(kubeconfigPath));
      },
      startKwok: async (kubeconfigPath) => {
        await start("kwok", kwokArgs(kubeconfigPath));
      },
      killApiServer: async () => {
        await apiServer.kill();
      },
      restartApiServer: async () => {
        if (!apiServer.ended) await apiServer.stop();
        apiServer = await startApiServer(settings, port, server.args);
      },
      stop: async () => {
        // Nothing of it is needed again, so nothing is given time to end in order.
        await Promise.all([...others, apiServer].map((program) => program.kill()));
        await etcd.program.kill();
      },
    };
  } catch (error) {
    await etcd.program.kill();
    throw error;
  }
}

function programSpec(settings: ControlPlaneSettings, name: BinaryName, args: readonly string[]) {
  const { dir, watchdog, paths } = settings;
  return { name, path: paths(name), args, logPath: join(dir, `${name}.log`), cwd: dir, watchdog };
}

/** Its socket lies in the cluster's folder: no port to race for, and nobody else's etcd to be taken for ours. */
async function startEtcd(settings: ControlPlaneSettings): Promise<{ url: string; program: Program }> {
  const socketPath = join(settings.dir, "etcd.sock");
  // Nobody connects to these; the flags want addresses, and port 0 is any port.
  const unused = "http://127.0.0.1:0";
  const program = await startProgram(
    programSpec(settings, "etcd", [
      `--data-dir=${join(settings.dir, "etcd")}`,
      `--listen-client-urls=unix://${socketPath}`,
      `--advertise-client-urls=${unused}`,
      `--listen-peer-urls=${unused}`,
      `--initial-advertise-peer-urls=${unused}`,
      `--initial-cluster=default=${unused}`,
      "--unsafe-no-fsync",
      "--log-level=warn",
    ]),
  );
  await waitUntilReady(program, () => answersHealthy(socketPath), readyDeadlineMs);
  return { url: `unix://${socketPath}`, program };
}

function answersHealthy(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get({ socketPath, path: "/health", timeout: 2000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => {
      resolve(false);
    });
  });
}

async function writeServerFiles(settings: ControlPlaneSettings) {
  const { dir, controllers, pki } = settings;
  const tokenFile = join(dir, "tokens.csv");
  await writeFile(tokenFile, `${settings.token},admin,admin,system:masters\n`, { mode: 0o600 });
  if (!settings.auditLog) return { dir, controllers, pki: pki.files, tokenFile };
  const policyFile = join(dir, "audit-policy.yaml");
  await writeFile(policyFile, auditPolicy);
  return { dir, controllers, pki: pki.files, tokenFile, audit: { policyFile, logPath: join(dir, "audit.log") } };
}

async function startApiServer(settings: ControlPlaneSettings, port: number, args: readonly string[]): Promise<Program> {
  const program = await startProgram(programSpec(settings, "kube-apiserver", args));
  const endpoint = { url: `https://127.0.0.1:${port}`, caCert: settings.pki.caCert, token: settings.token };
  using client = createKubeClient(endpoint);
  const ready = async (): Promise<boolean> => {
    try {
      return (await client.request("/readyz", { timeoutMs: 2000 })).status === 200;
    } catch {
      return false;
    }
  };
  await waitUntilReady(program, ready, readyDeadlineMs);
  return program;
}

/** Two test processes can pick the same free port at the same moment; the one that comes too late takes another. */
async function retryOnTakenPort<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      const portTaken = error instanceof Error && error.message.includes("address already in use");
      if (!portTaken || attempt === attempts) throw error;
    }
  }
}
