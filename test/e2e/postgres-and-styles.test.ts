import { afterAll, beforeAll, expect, it } from "vitest";
import { findOrBuildBinary } from "../kube/binaries.ts";
import { type E2eChain, followRepository, startChain, until } from "../support/e2e-chain.ts";
import { describeWithKube } from "../support/kube.ts";
import { createTestDatabase, havePostgres, type TestDatabase } from "../support/postgres.ts";

const files = {
  "plain/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: plain }\ndata: { value: plain }\n",
  "plain/fleet.yaml": "defaultNamespace: styles\n",
  "templated/fleet.yaml": "defaultNamespace: styles\nhandlebars: { values: { greeting: hello } }\n",
  "templated/cm.yaml.hbs":
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: templated }\ndata: { value: {{quote Values.greeting}}, tier: {{quote (default "none" Cluster.Labels.tier)}} }\n',
  "kustomized/fleet.yaml":
    "defaultNamespace: styles\ntargetCustomizations:\n  - name: dev\n    clusterSelector: { matchLabels: { env: dev } }\n    kustomize: { dir: dev }\nkustomize: { dir: base }\n",
  "kustomized/base/kustomization.yaml": "resources: [cm.yaml]\n",
  "kustomized/base/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: kustomized }\ndata: { value: base }\n",
  "kustomized/dev/kustomization.yaml":
    "resources: [../base]\npatches:\n  - patch: |\n      apiVersion: v1\n      kind: ConfigMap\n      metadata: { name: kustomized }\n      data: { value: dev }\n",
  "operator/fleet.yaml": "defaultNamespace: styles\n",
  "operator/crd.yaml": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: lamps.example.com }
spec:
  group: example.com
  names: { kind: Lamp, plural: lamps }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { lit: { type: boolean } } } } } }
`,
  "operator/lamp.yaml": "apiVersion: example.com/v1\nkind: Lamp\nmetadata: { name: hall }\nspec: { lit: true }\n",
};

describeWithKube("the chain on PostgreSQL, with every style of bundle", () => {
  let chain: E2eChain;
  let database: TestDatabase | undefined;

  beforeAll(async () => {
    database = havePostgres() ? await createTestDatabase() : undefined;
    const kustomize = (await findOrBuildBinary("kustomize")) ?? "kustomize";
    chain = await startChain(["dev"], {
      ...(database === undefined ? {} : { databaseUrl: database.url }),
      bundlerArgs: ["--kustomize-binary", kustomize],
    });
    const repo = await chain.git.createRepository("config");
    await chain.git.commit("config", { message: "first", files });
    await followRepository(chain.bundler, { name: "config", url: repo });
  });
  afterAll(async () => {
    await chain?.[Symbol.asyncDispose]();
    await database?.drop();
  });

  const logs = (): string =>
    [chain.bundler.output(), chain.agents["dev"]?.output() ?? ""].map((text) => text.slice(-3000)).join("\n");
  async function becomes(object: string, path: string, wanted: string): Promise<void> {
    const look = async (): Promise<boolean> =>
      (await chain.on("dev", "-n", "styles", "get", object, "--ignore-not-found", "-o", `jsonpath=${path}`)).stdout ===
      wanted;
    await until(`${object} ${path} is ${wanted}`, look, { describe: logs });
  }

  it("applies plain YAML, Handlebars, kustomize for the cluster's variant, and a definition with its object", async () => {
    await becomes("configmap/plain", "{.data.value}", "plain");
    await becomes("configmap/templated", "{.data.value}/{.data.tier}", "hello/none");
    await becomes("configmap/kustomized", "{.data.value}", "dev");
    await becomes("lamp/hall", "{.spec.lit}", "true");
  });

  it("renders a bundle anew on the one cluster whose label its template uses", async () => {
    const applied = (): number => (chain.agents["dev"]?.output() ?? "").split("deployment applied").length;
    const before = applied();
    await chain.hub("-n", "fleet-default", "label", "cluster", "dev", "tier=gold");
    await becomes("configmap/templated", "{.data.tier}", "gold");
    expect(applied()).toBe(before + 1);
  });

  it("goes on where it was after the bundler is killed", async () => {
    await chain.bundler.restart("SIGKILL");
    await chain.git.commit("config", {
      message: "after the kill",
      files: { "plain/cm.yaml": files["plain/cm.yaml"].replace("value: plain", "value: changed") },
    });
    await becomes("configmap/plain", "{.data.value}", "changed");
  });

  it("shows a kustomization that cannot be rendered, and leaves what it made before", async () => {
    await chain.git.commit("config", {
      message: "broken",
      files: { "kustomized/dev/kustomization.yaml": "resources:\n  - https://example.com/base?ref=v1\n" },
    });
    const message = async (): Promise<string> =>
      (
        await chain.hub(
          "-n",
          "fleet-default",
          "get",
          "gitrepo",
          "config",
          "-o",
          "jsonpath={.status.conditions[0].message}",
        )
      ).stdout;
    await until("the fault is shown", async () => /KUSTOMIZE_REMOTE_BASE.*example\.com/u.test(await message()), {
      describe: message,
    });
    await becomes("configmap/kustomized", "{.data.value}", "dev");
  });
});
