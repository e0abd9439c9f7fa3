import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import { parseYaml } from "../../codec/parse-yaml.ts";
import { silentLogger } from "../../shared/log.ts";
import { systemClock } from "../../shared/clock.ts";
import { createSimulatedCluster } from "../simulated-cluster.ts";

/** A cluster of the demo, simulated or real. */
export interface DemoCluster {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** File and context with which kubectl and the agent enter. */
  readonly kubeconfigPath: string;
  readonly context: string;
  readonly simulated: boolean;
}

/** The three clusters that the demo simulates. */
const simulatedClusters = [
  { name: "dev-eu", labels: { env: "dev", region: "eu" } },
  { name: "staging-eu", labels: { env: "staging", region: "eu" } },
  { name: "prod-us", labels: { env: "prod", region: "us" } },
] as const;

/** Starts three simulated clusters in this process and writes a kubeconfig for each into the folder. */
export async function startSimulatedClusters(folder: string, stack: AsyncDisposableStack): Promise<DemoCluster[]> {
  return Promise.all(
    simulatedClusters.map(async ({ name, labels }) => {
      const cluster = stack.use(await createSimulatedCluster({ name, clock: systemClock, log: silentLogger }));
      const kubeconfigPath = join(folder, `${name}.kubeconfig`);
      await writeFile(kubeconfigPath, cluster.kubeconfig, { mode: 0o600 });
      return { name, labels, kubeconfigPath, context: contextsOf(cluster.kubeconfig)[0] ?? name, simulated: true };
    }),
  );
}

/** Returns the contexts of a kubeconfig as clusters; the first is labelled dev, the second staging, the others prod. */
export async function readRealClusters(kubeconfigPath: string): Promise<DemoCluster[]> {
  const contexts = contextsOf(await readFile(kubeconfigPath, "utf8"));
  if (contexts.length === 0)
    throw new Error(`${kubeconfigPath} has no contexts: each context is one cluster of the demo`);
  return contexts.map((context, index) => ({
    name: context
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]+/gu, "-")
      .replaceAll(/^-+|-+$/gu, ""),
    labels: { env: ["dev", "staging"][index] ?? "prod" },
    kubeconfigPath,
    context,
    simulated: false,
  }));
}

function contextsOf(kubeconfig: string): string[] {
  const value = parseYaml(kubeconfig)[0]?.value;
  const contexts: JsonValue | undefined = isJsonObject(value) ? value["contexts"] : undefined;
  return Array.isArray(contexts) ? contexts.filter(isNamed).map(({ name }) => name) : [];
}

function isNamed(value: JsonValue): value is JsonObject & { readonly name: string } {
  return isJsonObject(value) && typeof value["name"] === "string";
}
