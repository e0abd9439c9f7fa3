import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildCommit } from "../bundler/build/build-commit.ts";
import type { BuildCache, CommitBuild } from "../bundler/build/commit-build.ts";
import { createBlobTable, type StorableBlob } from "../bundler/store/blob-table.ts";
import { type Database, numberColumn } from "../bundler/store/database.ts";
import { migrate } from "../bundler/store/migrate.ts";
import { openSqlite } from "../bundler/store/sqlite/open-sqlite.ts";
import { systemClock } from "../shared/clock.ts";
import { memoryCommit } from "../test/support/memory-commit.ts";
import { type BenchRow, median } from "./row.ts";
import { sampleFiles } from "./sample-repository.ts";

type Files = Readonly<Record<string, string>>;

const rounds = 5;

/**
 * Measures what contents take in the embedded store: of 100 bundles of 10 files of 4 KB each, in a root bundle that holds
 * them all (floor: the same written whole, as without lists), and of 10,000 directories that hold no other.
 */
export async function benchStored(): Promise<BenchRow[]> {
  const inner = nestedFiles();
  const root = { ...inner, "fleet.yaml": "namespace: root\n" };
  const commits = [root, { ...root, "app-7/file-3.yaml": aManifest("changed") }];
  const [apart, many] = [await measure([inner], "lists"), await measure([sampleFiles(10_000)], "lists")];
  const lists: Stored[] = [];
  const whole: Stored[] = [];
  for (let round = 0; round < rounds; round++) {
    lists.push(await measure(commits, "lists"));
    whole.push(await measure(commits, "whole"));
  }
  const compare = (what: string, key: keyof Stored, unit: string): BenchRow => {
    return { what, unit, value: middle(lists, key), floor: middle(whole, key) };
  };
  const what = "100 bundles of 10 files of 4 KB";
  return [
    { what: `stored: ${what}`, value: apart.firstKb, unit: "KB" },
    compare(`stored: the same in a root bundle that holds them`, "firstKb", "KB"),
    compare("stored in addition by a commit to one file", "growthKb", "KB"),
    compare("CPU to build and store them", "firstMs", "ms"),
    compare("CPU to build and store that commit", "secondMs", "ms"),
    compare("CPU to serve the root bundle the first time", "serveMs", "ms"),
    compare("CPU to serve it again", "againMs", "ms"),
    { what: "stored: 10,000 directories", value: many.firstKb, unit: "KB" },
    { what: "CPU to build and store 10,000 directories", value: many.firstMs, unit: "ms" },
  ];
}

interface Stored {
  readonly firstKb: number;
  readonly firstMs: number;
  readonly growthKb: number;
  readonly secondMs: number;
  readonly serveMs: number;
  readonly againMs: number;
}

function middle(runs: readonly Stored[], key: keyof Stored): number {
  return median(runs.map((run) => run[key]));
}

/** Builds and saves commits one after the other, then reads the largest content twice. */
async function measure(commits: readonly Files[], how: "lists" | "whole"): Promise<Stored> {
  const folder = await mkdtemp(join(tmpdir(), "drover-bench-"));
  try {
    await using db = openSqlite(join(folder, "drover.db"));
    await migrate(db);
    const blobs = createBlobTable(db, systemClock);
    const trees = new Map();
    const sizesKb = [await sizeKb(db)];
    const times: number[] = [];
    let cache: BuildCache | undefined;
    let largest: StorableBlob | undefined;
    for (const files of commits) {
      const tree = memoryCommit(files, trees);
      times.push(
        await cpuMs(async () => {
          const options = { name: "bench", namespace: "default" };
          const build = await buildCommit({ tree, options, scan: {}, ...(cache === undefined ? {} : { cache }) });
          cache = build.cache;
          const made = how === "lists" ? [...build.blobs.values()] : asWhole(build);
          await db.transaction(async (sql) => blobs.save(sql, made));
          largest = made.toSorted((a, b) => b.size - a.size)[0];
        }),
      );
      sizesKb.push(await sizeKb(db));
    }
    const read = async (): Promise<void> => void (await blobs.read(largest?.digest ?? ""));
    const [serveMs, againMs] = [await cpuMs(read), await cpuMs(read)];
    const [emptyKb = 0, firstKb = 0, secondKb = 0] = sizesKb;
    const [firstMs = 0, secondMs = 0] = times;
    return { firstKb: firstKb - emptyKb, firstMs, growthKb: secondKb - firstKb, secondMs, serveMs, againMs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns the contents of a commit's new bundles as they were before there were lists. */
function asWhole({ changed, blobs }: CommitBuild): StorableBlob[] {
  return changed.flatMap((built) => {
    const blob = built.kind === "bundle" ? blobs.get(built.contents.files) : undefined;
    return blob === undefined ? [] : [{ digest: blob.digest, size: blob.size, compress: () => blob.compress() }];
  });
}

async function cpuMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function sizeKb(db: Database): Promise<number> {
  const pages = "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()";
  const [row] = await db.all(pages);
  return row === undefined ? 0 : numberColumn(row, "bytes") / 1024;
}

function nestedFiles(): Files {
  const files: Record<string, string> = {};
  for (let app = 0; app < 100; app++) {
    files[`app-${app}/fleet.yaml`] = `namespace: app-${app}\n`;
    for (let file = 0; file < 10; file++) files[`app-${app}/file-${file}.yaml`] = aManifest(`${app}-${file}`);
  }
  return files;
}

/** Returns a ConfigMap of 4 KB, half of which no other has. */
function aManifest(name: string): string {
  const lines = Array.from({ length: 66 }, (_, index) => {
    const value = createHash("sha256").update(`${name} ${index}`).digest("base64url").slice(0, 32);
    return `  setting.of.the.app.${index}: ${value}\n`;
  });
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n${lines.join("")}`;
}
