import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ChartServer, startChartServer } from "../support/chart-server.ts";
import { applyToHub, type E2eChain, followRepository, startChain, until } from "../support/e2e-chain.ts";
import { describeWithKube } from "../support/kube.ts";

const credential = { username: "someone", password: "s3cret" };

/** A Job that runs at an event of the release. */
function aHook(name: string, event: string, more: Readonly<Record<string, string>> = {}): string {
  const annotations = JSON.stringify({ "helm.sh/hook": event, ...more });
  return `apiVersion: batch/v1
kind: Job
metadata: { name: ${name}, annotations: ${annotations} }
spec:
  backoffLimit: 0
  template: { spec: { restartPolicy: Never, containers: [{ name: main, image: "example.com/job:1" }] } }
`;
}

const local = {
  "local/fleet.yaml":
    "defaultNamespace: charts\nhelm: { releaseName: local, values: { sub: { color: green }, place: '${ .ClusterLabels.env }' } }\n",
  "local/Chart.yaml":
    "apiVersion: v2\nname: local\nversion: 1.0.0\ndependencies: [{ name: sub, version: 0.1.0, condition: sub.enabled }]\n",
  "local/values.yaml": "place: nowhere\nsub: { enabled: true }\n",
  "local/charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 0.1.0\n",
  "local/charts/sub/values.yaml": "color: red\n",
  "local/charts/sub/templates/map.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }}-sub }\ndata: { color: {{ .Values.color }} }\n",
  "local/templates/map.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: {{ .Release.Name }} }\ndata: { place: {{ .Values.place }}, upgrade: {{ .Release.IsUpgrade | quote }} }\n",
  "local/templates/second.yaml": aHook("second", "pre-install,pre-upgrade", { "helm.sh/hook-weight": "2" }),
  "local/templates/first.yaml": aHook("first", "pre-install", { "helm.sh/hook-weight": "-2" }),
  "local/templates/last.yaml": aHook("last", "post-install", { "helm.sh/hook-delete-policy": "hook-succeeded" }),
  "local/templates/leave.yaml": aHook("leave", "pre-delete"),
  "local/templates/test.yaml": aHook("test", "test"),
};

describeWithKube("charts through the whole chain", () => {
  let chain: E2eChain;
  let charts: ChartServer;

  beforeAll(async () => {
    charts = await startChartServer({ auth: credential });
    charts.add("web", "1.0.0");
    charts.add("web", "1.4.0");
    charts.add("web", "2.0.0");
    charts.add("tool", "3.1.0");
    chain = await startChain(["dev"], { auditLog: true, workloads: true });
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "charts", namespace: "fleet-default" },
      stringData: { ...credential, basicHTTP: "true" },
    };
    await applyToHub(chain.bundler, secret);
    const repo = await chain.git.createRepository("config");
    const files = {
      ...local,
      "http/fleet.yaml": `defaultNamespace: charts
helm: { releaseName: http, repo: "${charts.url}/repo", chart: web, version: ^1.0.0, values: { color: blue } }
`,
      "oci/fleet.yaml": `defaultNamespace: charts
helm: { releaseName: oci, chart: "oci://${charts.host}/charts/tool", version: 3.1.0 }
`,
    };
    await chain.git.commit("config", { message: "first", files });
    await followRepository(chain.bundler, {
      name: "config",
      url: repo,
      spec: { helmSecretName: "charts", helmRepoURLRegex: ".*" },
    });
  });
  afterAll(async () => {
    await chain?.[Symbol.asyncDispose]();
    await charts?.[Symbol.asyncDispose]();
  });

  const logs = (): string =>
    [chain.bundler.output(), chain.agents["dev"]?.output() ?? ""].map((text) => text.slice(-3000)).join("\n");
  async function becomes(object: string, path: string, wanted: string): Promise<void> {
    let seen = "";
    const look = async (): Promise<boolean> => {
      const args = ["-n", "charts", "get", object, "--ignore-not-found", "-o", `jsonpath=${path}`];
      seen = (await chain.on("dev", ...args)).stdout;
      return seen === wanted;
    };
    await until(`${object} ${path} is ${wanted}`, look, { describe: () => `It is ${seen}. ${logs()}` });
  }
  /** Returns what the agent did to objects of these names, in the order of the API server's log. */
  async function done(verb: RegExp, ...names: readonly string[]): Promise<string[]> {
    const lines = (await readFile(chain.clusters["dev"]?.auditLogPath ?? "", "utf8")).split("\n");
    const events = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as AuditEvent);
    return events
      .filter(({ userAgent, objectRef }) => userAgent?.startsWith("drover") === true && objectRef?.name !== undefined)
      .filter(({ verb: own, objectRef, requestURI }) => {
        const isDryRun = requestURI.includes("dryRun");
        return verb.test(own) && !isDryRun && names.includes(objectRef?.name ?? "");
      })
      .map(({ objectRef }) => objectRef?.name ?? "");
  }

  it("renders a chart of an HTTP repository at the newest version of its range", async () => {
    await becomes("configmap/http", "{.data.version}/{.data.color}", "1.4.0/blue");
  });

  it("renders a chart of an OCI registry", async () => {
    await becomes("configmap/oci", "{.data.version}/{.data.color}", "3.1.0/red");
  });

  it("renders a chart of the repository with the chart below it", async () => {
    await becomes("configmap/local", "{.data.place}/{.data.upgrade}", "dev/false");
    await becomes("configmap/local-sub", "{.data.color}", "green");
  });

  it("runs its hooks in their order, around its objects, and no tests", async () => {
    await until("the last hook is done and gone", async () => (await done(/^delete$/u, "last")).length > 0, {
      describe: logs,
    });
    const order = await done(/^(?:create|patch)$/u, "first", "second", "local", "local-sub", "last", "leave", "test");
    // Objects of one stage are applied side by side.
    const steps = [...new Set(order.map((name) => (name.startsWith("local") ? "objects" : name)))];
    expect(steps).toEqual(["first", "second", "objects", "last"]);
    const { stdout } = await chain.on("dev", "-n", "charts", "get", "jobs", "-o", "name");
    expect(stdout.trim().split("\n")).toEqual(["job.batch/first", "job.batch/second"]);
  });

  it("goes on without the chart servers", async () => {
    await charts.goDown();
    await chain.git.commit("config", {
      message: "values",
      files: {
        "local/fleet.yaml": local["local/fleet.yaml"].replace("green", "yellow"),
      },
    });
    await becomes("configmap/local-sub", "{.data.color}", "yellow");
    await becomes("configmap/local", "{.data.place}/{.data.upgrade}", "dev/true");
    await becomes("configmap/http", "{.data.version}/{.data.color}", "1.4.0/blue");
  });

  it("runs the hook of a removal before it removes anything", async () => {
    await chain.git.commit("config", { message: "gone", delete: ["local"] });
    await becomes("configmap/local", "{.metadata.name}", "");
    const order = await done(/^(?:create|patch|delete)$/u, "leave", "local", "local-sub");
    expect(
      order
        .slice(order.indexOf("leave"))
        .filter((name) => name !== "leave")
        .toSorted(),
    ).toEqual(["local", "local-sub"]);
    await becomes("configmap/oci", "{.data.version}", "3.1.0");
  });
});

interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly userAgent?: string;
  readonly objectRef?: { readonly resource?: string; readonly name?: string };
}
