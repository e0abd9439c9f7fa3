import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { readDockerfile } from "./compose-file.ts";
import { ownEnv } from "./own-env.ts";
import { createTempDir, type TempDir } from "./temp-dir.ts";

const root = join(import.meta.dirname, "../..");
const startTimeoutMs = 30_000;

/** One of our programs, running as a process of its own. */
export interface DroverProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Everything it wrote, for messages of failing tests. */
  output(): string;
  /** Sends the signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** How a program of ours is started. */
export interface ProgramOptions {
  /** A line of its log that says that it has started contains this. */
  readonly ready: string;
  readonly nodeFlags?: readonly string[];
  /** Besides the little that programs of tests are given. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `node <program> …args`; the promise resolves when a line of its log contains `ready`. */
export async function startProgram(
  program: string,
  args: readonly string[],
  { ready, nodeFlags = [], env = {} }: ProgramOptions,
): Promise<DroverProcess> {
  const child = spawn(process.execPath, [...nodeFlags, join(root, program), ...args], {
    env: ownEnv(env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const { promise: isReady, resolve, reject } = Promise.withResolvers<void>();
  const take = (chunk: Buffer): void => {
    text += chunk.toString("utf8");
    if (text.includes(ready)) resolve();
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const ended = new Promise<void>((done) => {
    child.once("exit", () => done());
  });
  child.once("exit", (code) => reject(new Error(`${program} ended with ${code}: ${text.slice(-2000)}`)));
  const timer = setTimeout(() => reject(new Error(`${program} is not ready: ${text.slice(-2000)}`)), startTimeoutMs);
  const end = async (signal: NodeJS.Signals = "SIGTERM"): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  try {
    await isReady;
  } catch (error) {
    await end("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return { child, output: () => text, end, [Symbol.asyncDispose]: async () => end("SIGKILL") };
}

/** A bundler process with its data in a folder that outlives restarts. */
export interface BundlerProcess extends AsyncDisposable {
  readonly url: string;
  readonly kubeconfigPath: string;
  readonly dataDir: string;
  caPin(): string;
  readonly registrationToken: string;
  pid(): number;
  output(): string;
  /** SIGKILL, and a new process on the same data and port. */
  restart(signal?: NodeJS.Signals): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
}

/** Settings of a bundler process. */
export interface BundlerProcessOptions {
  readonly port: number;
  readonly databaseUrl?: string;
  readonly args?: readonly string[];
}

const registrationToken = "registration-word-of-the-tests";

/** Starts a bundler whose workspace fleet-default takes agents with one known registration token. */
export async function startBundler(options: BundlerProcessOptions): Promise<BundlerProcess> {
  const folder: TempDir = await createTempDir("bundler");
  const args = [
    ["--data-dir", folder.path, "--port", String(options.port)],
    ["--polling-interval-seconds", "1", "--log-level", "debug", "--webhook-secret", webhookSecret],
    ["--bootstrap-tokens", `fleet-default=${registrationToken}`],
    options.databaseUrl === undefined ? [] : ["--database-url", options.databaseUrl],
    options.args ?? [],
  ].flat();
  const launch = async (): Promise<DroverProcess> =>
    startProgram("bundler/main.ts", args, { ready: "bundler listens" });
  let running: DroverProcess | undefined = await launch();
  let earlier = "";
  const stop = async (signal?: NodeJS.Signals): Promise<void> => {
    await running?.end(signal);
    earlier += running?.output() ?? "";
    running = undefined;
  };
  const start = async (): Promise<void> => {
    running ??= await launch();
  };
  return {
    url: `https://127.0.0.1:${options.port}`,
    kubeconfigPath: join(folder.path, "admin.kubeconfig"),
    dataDir: folder.path,
    registrationToken,
    pid: () => running?.child.pid ?? 0,
    caPin: () => /"caPin":"([0-9a-f]{64})"/u.exec(earlier + (running?.output() ?? ""))?.[1] ?? "",
    output: () => earlier + (running?.output() ?? ""),
    stop,
    start,
    restart: async (signal = "SIGKILL") => {
      await stop(signal);
      await start();
    },
    [Symbol.asyncDispose]: async () => {
      await stop("SIGTERM");
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Secret that webhooks of the tests are signed with. */
export const webhookSecret = "webhook-secret-of-the-tests";

/** An agent process with its data in a folder that outlives restarts. */
export interface AgentProcess extends AsyncDisposable {
  output(): string;
  restart(signal?: NodeJS.Signals): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  readonly pid: number | undefined;
}

const image = readDockerfile("agent/Dockerfile");

/** How the image runs the agent: flags of Node, and what its allocator is told. */
export const asInstalled: Pick<ProgramOptions, "nodeFlags" | "env"> = {
  nodeFlags: image.entrypoint.filter((word) => word.startsWith("--")),
  env: Object.fromEntries(Object.entries(image.env).filter(([name]) => name.startsWith("MALLOC_"))),
};

/**
 * Starts an agent for a cluster, registered at the bundler under the cluster's name. `installed`: the bundle that
 * `npm run build` makes, as an image would run it, instead of the sources.
 */
export async function startAgent(
  bundler: Pick<BundlerProcess, "url" | "caPin" | "registrationToken">,
  cluster: { readonly name: string; readonly kubeconfigPath: string },
  { labels, installed = false }: { readonly labels: Readonly<Record<string, string>>; readonly installed?: boolean },
): Promise<AgentProcess> {
  const folder = await createTempDir("agent");
  const args = [
    ["--hub", bundler.url, "--ca-pin", bundler.caPin(), "--token", bundler.registrationToken],
    ["--kubeconfig", cluster.kubeconfigPath, "--cluster-name", cluster.name],
    ["--data-dir", folder.path, "--log-level", "debug"],
    Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]),
  ].flat();
  const launch = async (): Promise<DroverProcess> =>
    installed
      ? startProgram("dist/agent.mjs", args, { ready: "agent started", ...asInstalled })
      : startProgram("agent/main.ts", args, { ready: "agent started" });
  let running: DroverProcess | undefined = await launch();
  let earlier = "";
  const stop = async (signal?: NodeJS.Signals): Promise<void> => {
    await running?.end(signal);
    earlier += running?.output() ?? "";
    running = undefined;
  };
  const start = async (): Promise<void> => {
    running ??= await launch();
  };
  return {
    output: () => earlier + (running?.output() ?? ""),
    get pid() {
      return running?.child.pid;
    },
    stop,
    start,
    restart: async (signal = "SIGKILL") => {
      await stop(signal);
      await start();
    },
    [Symbol.asyncDispose]: async () => {
      await stop("SIGKILL");
      await folder[Symbol.asyncDispose]();
    },
  };
}
