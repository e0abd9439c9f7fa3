import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { BenchRow } from "./row.ts";
import { sampleBundle } from "./sample-repository.ts";

const run = promisify(execFile);
const clusterCount = 1000;
const plainCount = 9;
const chart = join(import.meta.dirname, "../examples/quick-start/repository/guestbook");

/** Measures `drover render` of one repository for 1,000 clusters: nine bundles of plain YAML with overlays, and a chart. */
export async function benchRender(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), "drover-bench-"));
  try {
    await writeRepository(join(folder, "repository"));
    await writeFile(join(folder, "gitrepo.yaml"), gitRepo);
    await writeFile(join(folder, "clusters.yaml"), clustersFile(clusterCount));
    await writeFile(join(folder, "one.yaml"), clustersFile(1));
    const one = await timeRender(folder, "one.yaml");
    const all = await timeRender(folder, "clusters.yaml");
    const deployments = clusterCount * (plainCount + 1);
    return [
      { what: "drover render for 1 cluster (10 bundles), process", value: one.wallMs, unit: "ms" },
      { what: "drover render for 1,000 clusters, process", value: all.wallMs, unit: "ms", floor: one.wallMs },
      { what: "… each of 10,000 deployments", value: (all.wallMs - one.wallMs) / deployments, unit: "ms" },
      { what: "… peak memory", value: all.rssMb, unit: "MB", floor: one.rssMb },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function timeRender(
  folder: string,
  clusters: string,
): Promise<{ readonly wallMs: number; readonly rssMb: number }> {
  const cli = join(import.meta.dirname, "../cli/main.ts");
  const files = ["--repo", "repository", "--gitrepo", "gitrepo.yaml", "--clusters", clusters];
  const report = `process.on("exit", () => process.stderr.write("rss=" + process.resourceUsage().maxRSS));`;
  const args = ["--import", `data:text/javascript,${encodeURIComponent(report)}`, cli, "render", ...files];
  const beganMs = performance.now();
  const { stderr } = await run(process.execPath, [...args, "-o", `dir=${join(folder, "out")}`], { cwd: folder });
  const wallMs = performance.now() - beganMs;
  return { wallMs, rssMb: Number(/rss=(\d+)/u.exec(stderr)?.[1] ?? 0) / 1024 };
}

async function writeRepository(root: string): Promise<void> {
  for (let index = 0; index < plainCount; index += 1) {
    const files = {
      ...sampleBundle(index),
      "overlays/prod/deployment_patch.yaml": "spec: { replicas: 5 }\n",
    };
    for (const [name, text] of Object.entries(files)) {
      const path = join(root, `app${index}`, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  }
  await cp(chart, join(root, "guestbook"), { recursive: true });
}

const gitRepo = `apiVersion: fleet.cattle.io/v1alpha1
kind: GitRepo
metadata: { name: bench, namespace: fleet-default }
spec: { repo: "https://git.example/bench", targets: [{ clusterSelector: {} }] }
`;

function clustersFile(count: number): string {
  const documents = Array.from({ length: count }, (_unused, index) => {
    const env = index % 3 === 0 ? "prod" : "dev";
    return `apiVersion: fleet.cattle.io/v1alpha1\nkind: Cluster\nmetadata: { name: c${index}, namespace: fleet-default, labels: { env: ${env} } }\n`;
  });
  return documents.join("---\n");
}
