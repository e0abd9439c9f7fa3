import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { promisify } from "node:util";
import { clusterNamespace } from "../shared/names.ts";
import { createTempDir } from "../test/support/temp-dir.ts";
import { webhookSecret } from "../test/support/drover-process.ts";
import { type E2eChain, followRepository, startChain, until } from "../test/support/e2e-chain.ts";
import { findOrBuildBinary } from "../test/kube/binaries.ts";
import { processUsage } from "./process-usage.ts";
import { restingRssMb } from "./resting-memory.ts";
import { type BenchRow, median } from "./row.ts";

const run = promisify(execFile);
const rounds = 15;
const corrections = 4;

/** Measures the whole chain on one real API server, each figure beside `git fetch` + `kubectl apply --server-side`. */
export async function benchChain(): Promise<BenchRow[]> {
  await using chain = await startChain(["dev"], { installed: true });
  const url = await chain.git.createRepository("bench");
  await chain.git.commit("bench", {
    message: "start",
    files: { ...bundle("one", 1, "0"), ...bundle("twenty", 20, "0") },
  });
  await followRepository(chain.bundler, { name: "bench", url, spec: { pollingInterval: "1h" } });
  await untilValue(chain, "one-0", "0");
  await untilValue(chain, "twenty-19", "0");
  const rows = [
    ...(await commitToApplied({ chain, url }, { name: "one", objects: 1, target: "≤ 100 ms" })),
    ...(await commitToApplied({ chain, url }, { name: "twenty", objects: 20, target: "≤ 150 ms" })),
    ...(await driftSeenAndCorrected(chain)),
    await memory(chain, "agent RSS, 2 bundles", "≤ 70 MB (1 bundle)"),
  ];
  rows.push(...(await fiftyBundles(chain)), await memory(chain, "agent RSS, 52 bundles", "≤ 75 MB (50 bundles)"));
  return rows;
}

function bundle(name: string, objects: number, value: string): Record<string, string> {
  const files = Array.from({ length: objects }, (_, index) => [
    `${name}/cm-${index}.yaml`,
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}-${index}\ndata:\n  value: "${value}"\n`,
  ]);
  return Object.fromEntries([...files, [`${name}/fleet.yaml`, "defaultNamespace: bench\n"]]);
}

async function valueOf(chain: E2eChain, name: string): Promise<string> {
  const { text } = (await chain.clusters["dev"]?.request(`/api/v1/namespaces/bench/configmaps/${name}`)) ?? {
    text: "",
  };
  return /"data":\{"value":"([^"]*)"/u.exec(text)?.[1] ?? "";
}

/** Looks every few milliseconds: the figure is that coarse. */
async function untilValue(chain: E2eChain, name: string, value: string): Promise<void> {
  const endMs = performance.now() + 60_000;
  while ((await valueOf(chain, name)) !== value) {
    if (performance.now() > endMs)
      throw new Error(`${name} does not become ${value}\n${chain.agents["dev"]?.output().slice(-2000) ?? ""}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 2);
    });
  }
}

const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });

async function callWebhook(chain: E2eChain, url: string): Promise<void> {
  const body = JSON.stringify({ url, ref: "refs/heads/main" });
  const signature = createHmac("sha256", webhookSecret).update(body).digest("hex");
  await new Promise<void>((resolve, reject) => {
    const call = request(
      `${chain.bundler.url}/webhook`,
      { method: "POST", agent, headers: { "content-type": "application/json", "x-drover-signature-256": signature } },
      (answer) => {
        answer.resume();
        answer.on("end", () =>
          answer.statusCode === 202 ? resolve() : reject(new Error(`webhook: ${answer.statusCode}`)),
        );
      },
    );
    call.on("error", reject);
    call.end(body);
  });
}

interface Case {
  readonly name: string;
  readonly objects: number;
  readonly target: string;
}

async function commitToApplied(
  { chain, url }: { readonly chain: E2eChain; readonly url: string },
  { name, objects, target }: Case,
): Promise<BenchRow[]> {
  const times: number[] = [];
  const floors: number[] = [];
  await using folder = await createTempDir("bench-floor");
  const clone = join(folder.path, "clone");
  await run("git", ["clone", "--quiet", url, clone]);
  const program = (await findOrBuildBinary("kubectl")) ?? "kubectl";
  const env = {
    ...process.env,
    KUBECONFIG: chain.clusters["dev"]?.kubeconfigPath ?? "",
    KUBECACHEDIR: join(folder.path, "cache"),
  };
  await run(program, ["create", "namespace", `floor-${name}`], { env });
  for (let round = 1; round <= rounds; round++) {
    await chain.git.commit("bench", { message: `${name} ${round}`, files: bundle(name, objects, `${name}-${round}`) });
    const startMs = performance.now();
    await callWebhook(chain, url);
    await untilValue(chain, `${name}-${objects - 1}`, `${name}-${round}`);
    times.push(performance.now() - startMs);

    const files = Array.from({ length: objects }, (_, index) => ["-f", `${name}/cm-${index}.yaml`]).flat();
    const floorMs = performance.now();
    await run("git", ["pull", "--quiet", "--ff-only"], { cwd: clone });
    await run(program, ["apply", "--server-side", "--field-manager=floor", "-n", `floor-${name}`, ...files], {
      cwd: clone,
      env,
    });
    floors.push(performance.now() - floorMs);
  }
  const floor = median(floors);
  return [
    { what: `commit → applied, ${objects} objects, webhook, p50`, value: median(times), unit: "ms", floor, target },
    {
      what: `commit → applied, ${objects} objects, webhook, p95`,
      value: percentile(times, 0.95),
      unit: "ms",
      floor: percentile(floors, 0.95),
      target: "≤ 2 × floor",
    },
  ];
}

async function driftSeenAndCorrected(chain: E2eChain): Promise<BenchRow[]> {
  const cluster = chain.clusters["dev"];
  const seen: number[] = [];
  const corrected: number[] = [];
  const state = async (): Promise<string> =>
    (
      await chain.hub(
        "-n",
        clusterNamespace("fleet-default", "dev"),
        "get",
        "bundledeployment",
        "bench-one",
        "-o",
        "jsonpath={.status.display.state}",
      )
    ).stdout;
  const edit = async (value: string): Promise<void> => {
    await cluster?.request("/api/v1/namespaces/bench/configmaps/one-0?fieldManager=somebody", {
      method: "PATCH",
      contentType: "application/merge-patch+json",
      body: { data: { value } },
    });
  };
  const before = await valueOf(chain, "one-0");
  for (let round = 0; round < rounds; round++) {
    const startMs = performance.now();
    await edit(`edited-${round}`);
    await until("Modified", async () => (await state()) === "Modified");
    seen.push(performance.now() - startMs);
    await edit(before);
    await until("Ready again", async () => (await state()) === "Ready");
  }
  const files = {
    ...bundle("one", 1, before),
    "one/fleet.yaml": "defaultNamespace: bench\ncorrectDrift: { enabled: true }\n",
  };
  await chain.git.commit("bench", { message: "correct drift", files });
  await callWebhook(chain, `${chain.git.url}/bench.git`);
  await until(
    "the option arrives",
    async () => chain.agents["dev"]?.output().split("deployment applied").length !== 0 && (await state()) === "Ready",
  );
  // The agent takes more corrections than this within a short time for a fight with another controller.
  for (let round = 0; round < corrections; round++) {
    await edit(`again-${round}`);
    const startMs = performance.now();
    await untilValue(chain, "one-0", before);
    corrected.push(performance.now() - startMs);
  }
  return [
    {
      what: "drift visible at the hub (kubectl polling included), p50",
      value: median(seen),
      unit: "ms",
      target: "≤ 200 ms",
    },
    { what: "drift corrected, p50", value: median(corrected), unit: "ms", target: "≤ 300 ms" },
    { what: "drift corrected, p95", value: percentile(corrected, 0.95), unit: "ms" },
  ];
}

async function fiftyBundles(chain: E2eChain): Promise<BenchRow[]> {
  const names = Array.from({ length: 50 }, (_, index) => `many-${index}`);
  await chain.git.commit("bench", {
    message: "fifty",
    files: Object.assign({}, ...names.map((name) => bundle(name, 1, "x"))) as Record<string, string>,
  });
  const pid = chain.agents["dev"]?.pid ?? 0;
  let peakMb = 0;
  const sampler = setInterval(() => {
    peakMb = Math.max(peakMb, processUsage(pid).rssMb);
  }, 50);
  const startMs = performance.now();
  await callWebhook(chain, `${chain.git.url}/bench.git`);
  for (const name of names) await untilValue(chain, `${name}-0`, "x");
  clearInterval(sampler);
  return [
    { what: "50 bundles added at once → applied", value: performance.now() - startMs, unit: "ms", target: "≤ 1500 ms" },
    { what: "agent peak RSS meanwhile", value: peakMb, unit: "MB", target: "≤ 120 MB" },
  ];
}

async function memory(chain: E2eChain, what: string, target: string): Promise<BenchRow> {
  return { what, value: await restingRssMb(chain.agents["dev"]?.pid ?? 0), unit: "MB", target };
}

/** Returns the value below which the given share of the numbers lies. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
