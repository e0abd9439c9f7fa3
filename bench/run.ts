import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchAgent, benchCrowdedAgent } from "./agent.ts";
import { benchBuild } from "./build.ts";
import { benchChain } from "./chain.ts";
import { benchCharts } from "./charts.ts";
import { benchCheckIn } from "./check-in.ts";
import { benchGit } from "./git.ts";
import { benchHelmTemplate } from "./helm-template.ts";
import { benchHub } from "./hub.ts";
import { benchMemory } from "./memory.ts";
import { benchRender } from "./render.ts";
import type { BenchRow } from "./row.ts";
import { benchSimulator } from "./simulator.ts";
import { benchStored } from "./stored.ts";

/**
 * Every bench by name: `npm run bench` runs all, `npm run bench -- chain hub` some, `npm run bench -- agent --share 0.1`
 * with a tenth of the objects, `npm run bench -- agent --foreign 100000` that agent with 10,000 objects in a large cluster.
 */
const benches: Readonly<Record<string, () => Promise<BenchRow[]>>> = {
  agent: () => (foreign === undefined ? benchAgent(share) : benchCrowdedAgent(share, foreign)),
  chain: benchChain,
  hub: benchHub,
  "check-in": benchCheckIn,
  git: benchGit,
  build: benchBuild,
  stored: benchStored,
  charts: benchCharts,
  templates: benchHelmTemplate,
  memory: benchMemory,
  render: benchRender,
  simulator: benchSimulator,
};

const { positionals: wanted, values } = parseArgs({
  allowPositionals: true,
  options: { share: { type: "string" }, foreign: { type: "string" } },
});
const share = Number(values.share ?? "1");
const foreign = values.foreign === undefined ? undefined : Number(values.foreign);
const isSized = share > 0 && share <= 1 && (foreign === undefined || (Number.isSafeInteger(foreign) && foreign > 0));
if (!isSized || (Object.keys(values).length > 0 && wanted.join() !== "agent")) {
  console.error(
    "--share is a number above 0 and up to 1, --foreign a number of objects; both for the bench agent alone",
  );
  process.exit(2);
}
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(`unknown bench ${unknown.join(", ")}: there are ${Object.keys(benches).join(", ")}`);
  process.exit(2);
}
// The agent is measured as it is installed.
execFileSync(process.execPath, [join(import.meta.dirname, "../tools/build.ts")], { stdio: "ignore" });
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
console.log(`Commit ${commit}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "unknown"}\n`);
console.log("| what | measured | floor | ratio | to reach |\n|---|---|---|---|---|");
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const row of await bench()) console.log(formatRow(row));
}

function formatRow({ what, value, unit, floor, target }: BenchRow): string {
  const shown = (amount: number): string => `${amount < 10 ? amount.toFixed(2) : Math.round(amount)} ${unit}`;
  const ratio = floor === undefined ? "" : `${(value / floor).toFixed(2)} ×`;
  return `| ${what} | ${shown(value)} | ${floor === undefined ? "" : shown(floor)} | ${ratio} | ${target ?? ""} |`;
}
