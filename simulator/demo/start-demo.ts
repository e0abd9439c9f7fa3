import { createHmac, randomBytes } from "node:crypto";
import { execFile } from "node:child_process";
import { EventEmitter } from "node:events";
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { promisify } from "node:util";
import { fleetApiVersion } from "../../shared/api/meta.ts";
import { startGitServer } from "../git-server.ts";
import { type DemoCluster, readRealClusters, startSimulatedClusters } from "./demo-clusters.ts";
import { createKubeHttp, type KubeAddress, type KubeHttp } from "./kube-http.ts";
import { startProgram } from "./program-process.ts";
import { addressOf } from "./read-kubeconfig.ts";

/** Settings of the demo. */
export interface DemoOptions {
  /** Folder for everything that the demo writes; emptied at the start. */
  readonly folder: string;
  /** Kubeconfig whose contexts are the clusters, instead of simulated ones. */
  readonly kubeconfig: string | undefined;
}

/** A running demo. */
export interface Demo extends AsyncDisposable {
  readonly folder: string;
  readonly hub: KubeHttp;
  readonly hubUrl: string;
  readonly hubKubeconfig: string;
  readonly cloneUrl: string;
  readonly clusters: readonly DemoCluster[];
  /** Connects to a cluster. */
  connect(cluster: DemoCluster): Promise<KubeHttp>;
  /** Calls the listener when somebody has pushed. */
  onPush(listener: () => void): void;
}

const run = promisify(execFile);
const sample = join(import.meta.dirname, "../../examples/quick-start/repository");
const workspace = "fleet-default";

/** Starts Git server, bundler, clusters and agents, and lets the hub follow the sample repository. */
export async function startDemo({ folder, kubeconfig }: DemoOptions): Promise<Demo> {
  await using stack = new AsyncDisposableStack();
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, "git"), { recursive: true, mode: 0o700 });
  const secret = randomBytes(16).toString("hex");
  const registration = randomBytes(16).toString("hex");
  const pushed = new EventEmitter();

  const git = stack.use(
    await startGitServer({
      root: join(folder, "git"),
      onExchange: ({ kind, response }) => {
        if (kind === "push") response.once("finish", () => pushed.emit("push"));
      },
    }),
  );
  const cloneUrl = await git.createRepository("config");
  await pushSample(git.repositoryPath("config"), join(folder, "sample"));

  const dataDir = join(folder, "hub");
  const args = [
    "--data-dir",
    dataDir,
    "--port",
    "0",
    "--webhook-secret",
    secret,
    "--bootstrap-tokens",
    `${workspace}=${registration}`,
    "--polling-interval-seconds",
    "15",
  ];
  const [bundler, clusters] = await Promise.all([
    startProgram({ file: "bundler/main.ts", args, ready: "bundler listens", logFile: join(folder, "bundler.log") }),
    kubeconfig === undefined ? startSimulatedClusters(folder, stack) : readRealClusters(kubeconfig),
  ]);
  stack.use(bundler);
  const hubUrl = bundler.readyField("url");
  const hubKubeconfig = join(dataDir, "admin.kubeconfig");
  const hubAddress = addressOf(await readFile(hubKubeconfig, "utf8"), undefined);
  const hub = stack.use(createKubeHttp(hubAddress));
  pushed.on("push", () => pokeHub({ hubUrl, secret, cloneUrl, ca: hubAddress.ca }));
  await Promise.all(
    clusters.map(async ({ name, labels, kubeconfigPath, context }) => {
      const registering = ["--hub", hubUrl, "--ca-pin", bundler.readyField("caPin"), "--token", registration];
      const where = ["--kubeconfig", kubeconfigPath, "--context", context, "--data-dir", join(folder, `agent-${name}`)];
      const labelled = Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
      const agentArgs = [...registering, ...where, "--cluster-name", name, ...labelled];
      stack.use(
        await startProgram({
          file: "agent/main.ts",
          args: agentArgs,
          ready: "agent started",
          logFile: join(folder, `agent-${name}.log`),
        }),
      );
    }),
  );
  await hub.call(`/apis/${fleetApiVersion}/namespaces/${workspace}/gitrepos`, {
    method: "POST",
    body: sampleGitRepo(cloneUrl),
  });
  const owned = stack.move();
  return {
    folder,
    hub,
    hubUrl,
    hubKubeconfig,
    cloneUrl,
    clusters,
    connect: async (cluster) =>
      createKubeHttp(addressOf(await readFile(cluster.kubeconfigPath, "utf8"), cluster.context)),
    onPush: (listener) => void pushed.prependListener("push", listener),
    [Symbol.asyncDispose]: async () => owned.disposeAsync(),
  };
}

function sampleGitRepo(repo: string) {
  return {
    apiVersion: fleetApiVersion,
    kind: "GitRepo",
    metadata: { name: "config", namespace: workspace },
    spec: { repo, branch: "main", targets: [{ name: "all", clusterSelector: {} }] },
  };
}

async function pushSample(repository: string, folder: string): Promise<void> {
  await cp(sample, folder, { recursive: true });
  const git = async (...words: string[]): Promise<void> => {
    await run(
      "git",
      ["-c", "user.name=Drover demo", "-c", "user.email=demo@drover.example", "-c", "commit.gpgsign=false", ...words],
      { cwd: folder },
    );
  };
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", "--message=Sample configuration");
  await git("push", "--quiet", repository, "main");
}

interface Poke {
  readonly hubUrl: string;
  readonly secret: string;
  readonly cloneUrl: string;
  readonly ca: KubeAddress["ca"];
}

/** Calls the hub's webhook, as a Git server does after a push; the hub's own polling covers a call that is lost. */
function pokeHub({ hubUrl, secret, cloneUrl, ca }: Poke): void {
  const body = JSON.stringify({ url: cloneUrl, ref: "refs/heads/main" });
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const agent = new Agent(ca === undefined ? {} : { ca });
  const call = request(`${hubUrl}/webhook`, {
    method: "POST",
    agent,
    headers: { "content-type": "application/json", "x-drover-signature-256": `sha256=${signature}` },
  });
  call.on("response", (answer) => answer.resume());
  call.on("error", () => undefined);
  call.end(body);
}
