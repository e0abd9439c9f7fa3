import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { JsonObject } from "../../codec/json-value.ts";
import { printJson } from "../../codec/print-json.ts";
import { clusterNamespace } from "../../shared/names.ts";
import type { DemoCluster } from "./demo-clusters.ts";
import { textAt } from "./follow.ts";
import { type KubeHttp, pause } from "./kube-http.ts";
import type { Demo } from "./start-demo.ts";

/** One step of the tour: what a person would do, and how to see that it worked. */
interface Step {
  readonly title: string;
  run(tour: Tour): Promise<void>;
}

interface Tour {
  readonly demo: Demo;
  readonly clone: string;
  /** Returns a field of an object on a cluster, "" when it is not there. */
  read(cluster: string, path: string, ...field: readonly string[]): Promise<string>;
  write(cluster: string, path: string, body: JsonObject): Promise<void>;
  git(...words: readonly string[]): Promise<void>;
  /** Waits until a reading is as wanted; throws after the deadline. */
  becomes(what: string, wanted: string, read: () => Promise<string>): Promise<void>;
  patchHub(path: string, body: JsonObject): Promise<void>;
  drover(...words: readonly string[]): Promise<string>;
}

const run = promisify(execFile);
const deadlineMs = 30_000;
const api = "/apis/fleet.cattle.io/v1alpha1";
const shop = "/api/v1/namespaces/shop/configmaps/shop-settings";
const greeting = "/api/v1/namespaces/greeting/configmaps/greeting";
const perks = "/api/v1/namespaces/gold/configmaps/perks";
const guestbook = "/api/v1/namespaces/guestbook/configmaps/guestbook";

/** Plays the tour, prints each step with its time, and returns whether all of it went as it should. */
export async function playTour(demo: Demo, print: (line: string) => void): Promise<boolean> {
  await using stack = new AsyncDisposableStack();
  const [dev, staging, prod] = demo.clusters;
  if (dev === undefined || staging === undefined || prod === undefined)
    throw new Error("the tour needs three clusters");
  const connections = new Map<string, KubeHttp>();
  for (const cluster of demo.clusters) connections.set(cluster.name, stack.use(await demo.connect(cluster)));
  const tour = createTour(demo, connections);
  for (const step of steps({ dev, staging, prod })) {
    const startMs = performance.now();
    try {
      await step.run(tour);
      print(`ok    ${step.title} (${Math.round(performance.now() - startMs)} ms)`);
    } catch (error) {
      print(`FAIL  ${step.title}: ${error instanceof Error ? error.message : String(error)}`);
      print(`      logs: ${demo.folder}`);
      return false;
    }
  }
  return true;
}

function createTour(demo: Demo, connections: ReadonlyMap<string, KubeHttp>): Tour {
  const clone = join(demo.folder, "clone");
  const on = (cluster: string): KubeHttp => {
    const connection = connections.get(cluster);
    if (connection === undefined) throw new Error(`no cluster ${cluster}`);
    return connection;
  };
  const patch = "application/merge-patch+json";
  return {
    demo,
    clone,
    read: async (cluster, path, ...field) => textAt((await on(cluster).call(path)) ?? {}, ...field),
    write: async (cluster, path, body) =>
      void (await on(cluster).call(`${path}?fieldManager=somebody`, { method: "PATCH", body, contentType: patch })),
    patchHub: async (path, body) => void (await demo.hub.call(path, { method: "PATCH", body, contentType: patch })),
    git: async (...words) => {
      await run(
        "git",
        [
          "-c",
          "user.name=Somebody",
          "-c",
          "user.email=somebody@drover.example",
          "-c",
          "commit.gpgsign=false",
          ...words,
        ],
        { cwd: clone },
      );
    },
    becomes: async (what, wanted, read) => {
      const endMs = performance.now() + deadlineMs;
      let seen = await read();
      while (seen !== wanted) {
        if (performance.now() > endMs) throw new Error(`${what} is "${seen}", not "${wanted}"`);
        await pause(25);
        seen = await read();
      }
    },
    drover: async (...words) => {
      const cli = join(import.meta.dirname, "../../cli/main.ts");
      const { stdout } = await run(process.execPath, [cli, ...words, "--kubeconfig", demo.hubKubeconfig]);
      return stdout;
    },
  };
}

interface Cast {
  readonly dev: DemoCluster;
  readonly staging: DemoCluster;
  readonly prod: DemoCluster;
}

function steps({ dev, staging, prod }: Cast): readonly Step[] {
  return [
    {
      title: "the sample repository is on all clusters, production different from the others",
      run: async ({ read, becomes }) => {
        await becomes("size on dev", "small", async () => read(dev.name, shop, "data", "size"));
        await becomes("size on prod", "large", async () => read(prod.name, shop, "data", "size"));
        await becomes("greeting on staging", `Hello, ${staging.name}!`, async () =>
          read(staging.name, greeting, "data", "text"),
        );
        await becomes("greeting on prod", `Good day, ${prod.name}!`, async () =>
          read(prod.name, greeting, "data", "text"),
        );
      },
    },
    {
      title: "git clone",
      run: async ({ demo, clone }) => {
        await rm(clone, { recursive: true, force: true });
        await mkdir(clone, { recursive: true });
        await run("git", ["clone", "--quiet", demo.cloneUrl, clone]);
      },
    },
    {
      title: "an edited file is pushed and arrives on every cluster",
      run: async ({ clone, git, read, becomes }) => {
        const file = join(clone, "shop/settings.yaml");
        await writeFile(file, (await readFile(file, "utf8")).replace("currency: EUR", "currency: USD"));
        await git("commit", "--quiet", "--all", "--message=Dollars");
        await git("push", "--quiet");
        for (const { name } of [dev, staging, prod])
          await becomes(`currency on ${name}`, "USD", async () => read(name, shop, "data", "currency"));
      },
    },
    {
      title: "a Helm chart is rendered for each cluster, and again for values pushed to one of them",
      run: async ({ clone, git, read, becomes }) => {
        await becomes("title on dev", `Guests of ${dev.name}`, async () => read(dev.name, guestbook, "data", "title"));
        await becomes("cache on prod", "guestbook-cache:11211", async () =>
          read(prod.name, guestbook, "data", "cache"),
        );
        const file = join(clone, "guestbook/fleet.yaml");
        await writeFile(file, (await readFile(file, "utf8")).replace("replicas: 3", "title: Very important guests"));
        await git("commit", "--quiet", "--all", "--message=Title");
        await git("push", "--quiet");
        await becomes("title on prod", "Very important guests", async () =>
          read(prod.name, guestbook, "data", "title"),
        );
        await becomes("title on dev", `Guests of ${dev.name}`, async () => read(dev.name, guestbook, "data", "title"));
      },
    },
    {
      title: "drover label cluster: a bundle comes",
      run: async ({ drover, read, becomes }) => {
        await drover("label", "cluster", staging.name, "tier=gold");
        await becomes("lounge on staging", "true", async () => read(staging.name, perks, "data", "lounge"));
      },
    },
    {
      title: "the label is taken away over the API: the bundle goes, the others stay",
      run: async ({ patchHub, read, becomes }) => {
        await patchHub(`${api}/namespaces/fleet-default/clusters/${staging.name}`, {
          metadata: { labels: { tier: null } },
        });
        await becomes("lounge on staging", "", async () => read(staging.name, perks, "data", "lounge"));
        await becomes("size on staging", "small", async () => read(staging.name, shop, "data", "size"));
      },
    },
    {
      title: "somebody edits an object: Modified, with the name of who did it",
      run: async ({ demo, write, becomes }) => {
        await write(dev.name, shop, { data: { size: "huge" } });
        const path = `${api}/namespaces/fleet-default/bundles/config-shop`;
        await becomes("message of the bundle", "true", async () =>
          String(printJson((await demo.hub.call(path))?.["status"] ?? {}).includes("data.size by somebody")),
        );
      },
    },
    {
      title: "where correctDrift is on, the edit is undone and reported",
      run: async ({ demo, write, read, becomes }) => {
        await write(prod.name, greeting, { data: { text: "Hey" } });
        await becomes("greeting on prod", `Good day, ${prod.name}!`, async () =>
          read(prod.name, greeting, "data", "text"),
        );
        const path = `${api}/namespaces/${clusterNamespace("fleet-default", prod.name)}/bundledeployments/config-greeting`;
        await becomes("the correction", "true", async () =>
          String(printJson((await demo.hub.call(path))?.["status"] ?? {}).includes("somebody")),
        );
      },
    },
    {
      title: "drover status names the one thing that is not as Git says",
      run: async ({ drover, becomes }) => {
        await becomes("exit code of drover status", "3", async () =>
          drover("status").then(
            () => "0",
            (error: unknown) => exitCodeOf(error),
          ),
        );
      },
    },
    {
      title: "a deleted directory takes its objects away, and nothing else",
      run: async ({ git, read, becomes }) => {
        await git("rm", "-r", "--quiet", "greeting");
        await git("commit", "--quiet", "--message=No greeting");
        await git("push", "--quiet");
        for (const { name } of [dev, staging, prod]) {
          await becomes(`greeting on ${name}`, "", async () => read(name, greeting, "data", "text"));
          await becomes(`currency on ${name}`, "USD", async () => read(name, shop, "data", "currency"));
        }
      },
    },
  ];
}

function exitCodeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}
