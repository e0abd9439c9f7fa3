import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import * as z from "zod";
import { parseYaml } from "../../../codec/parse-yaml.ts";
import { runCli } from "../../../cli/main.ts";
import type { DeploymentStatus } from "../../../shared/protocol/deployment-status.ts";
import { createCertificateAuthority, issueServerCertificate } from "../../../shared/runtime/certificates.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { startProgram } from "../../support/drover-process.ts";
import { describeWithKube, type SharedCluster, sharedCluster } from "../../support/kube.ts";
import { kubectl } from "../../support/kubectl.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { configMap } from "./agent-rig.ts";
import { createDeletionJudge } from "./judge-deletions.ts";
import { type ScriptedHub, startScriptedHub } from "./scripted-hub.ts";

const objectSchema = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });
const secretSchema = z.object({ stringData: z.record(z.string(), z.string()) });
const deploymentSchema = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.array(z.object({ env: z.array(z.object({ name: z.string(), value: z.string().optional() })) })),
      }),
    }),
  }),
});
const tokenSchema = z.object({ status: z.object({ token: z.string() }) });

/** An agent that runs as its manifest says: with its settings, its CA, its token and the rights of its service account. */
interface Installed extends AsyncDisposable {
  readonly cluster: SharedCluster;
  readonly hub: ScriptedHub;
  readonly systemNamespace: string;
  readonly namespace: string;
  readonly output: () => string;
  state(bundle: string, state: DeploymentStatus["state"]): Promise<DeploymentStatus>;
}

async function printManifest(...words: readonly string[]): Promise<string> {
  await using folder = await createTempDir("install");
  const { context, output, errors } = createTestContext({ cwd: folder.path });
  const code = await runCli(["agent", "install", ...words], context);
  expect({ code, errors: errors() }).toEqual({ code: 0, errors: "" });
  return output();
}

async function install(roles: string): Promise<Installed> {
  await using stack = new AsyncDisposableStack();
  const cluster = await sharedCluster();
  const id = randomBytes(4).toString("hex");
  const judge = createDeletionJudge(cluster, id);
  stack.defer(async () => judge.judge());
  const [systemNamespace, namespace] = [`drover-${id}`, `apps-${id}`];
  const folder = stack.use(await createTempDir("installed"));
  const nowMs = Date.now();
  const authority = await createCertificateAuthority("test-ca", { nowMs, validMs: 3_600_000 });
  const server = await issueServerCertificate(authority, { names: ["127.0.0.1"], nowMs, validMs: 3_600_000 });
  const hub = stack.use(await startScriptedHub(server));
  const caFile = join(folder.path, "hub.pem");
  await writeFile(caFile, authority.cert);
  const names = ["--namespace", systemNamespace, "--cluster-name", "prod", "--label", "env=prod", "--roles", roles];
  const manifest = await printManifest("--hub", hub.url, "--token", "word", "--ca-file", caFile, ...names);
  stack.defer(async () => {
    await kubectl(["delete", "--wait=false", "-f", "-"], { ...cluster, stdin: manifest });
    await cluster.request(`/api/v1/namespaces/${namespace}`, { method: "DELETE" });
  });

  const objects = parseYaml(manifest).map(({ value }) => value);
  const [space] = objects;
  await apply(cluster, JSON.stringify(space));
  await apply(cluster, manifest, "--dry-run=server");
  await apply(cluster, manifest);

  const named = (kind: string): unknown => objects.find((object) => objectSchema.parse(object).kind === kind);
  const { stringData } = secretSchema.parse(named("Secret"));
  const mountedCa = join(folder.path, "ca.crt");
  await writeFile(mountedCa, stringData["ca.crt"] ?? "");
  const [container] = deploymentSchema.parse(named("Deployment")).spec.template.spec.containers;
  const env = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
  const settings = {
    ...env,
    AGENT_TOKEN: stringData["token"],
    AGENT_CA_FILE: mountedCa,
    AGENT_DATA_DIR: join(folder.path, "data"),
    AGENT_HEALTH_PORT: "0",
    AGENT_LEADER_NAME: "pod-1",
    AGENT_KUBECONFIG: await writeKubeconfig(cluster, systemNamespace, folder.path),
  };
  const args = Object.entries(settings).flatMap(([name, value]) =>
    name === "AGENT_LEADER_ELECT" ? ["--leader-elect"] : [flagOf(name), value ?? ""],
  );
  const agent = stack.use(await startProgram("agent/main.ts", args, { ready: "agent started" }));
  const owned = stack.move();
  return {
    cluster,
    hub,
    systemNamespace,
    namespace,
    output: agent.output,
    state: async (bundle, state) =>
      vi.waitFor(
        () => {
          const status = hub.statuses.get(bundle);
          if (status?.state === state) return status;
          throw new Error(`${bundle}: ${JSON.stringify(status)}\n${agent.output()}`);
        },
        { timeout: 20_000, interval: 50 },
      ),
    [Symbol.asyncDispose]: async () => owned.disposeAsync(),
  };
}

function flagOf(name: string): string {
  return `--${name
    .replace(/^AGENT_/u, "")
    .replaceAll("_", "-")
    .toLowerCase()}`;
}

async function apply(cluster: SharedCluster, stdin: string, ...flags: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await kubectl(["apply", "--server-side", ...flags, "-f", "-"], { ...cluster, stdin });
  // Warnings come on stderr: what the Pod Security level would refuse is one.
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
}

/** Writes the kubeconfig of the service account, with a token as pods get one. */
async function writeKubeconfig(cluster: SharedCluster, namespace: string, folder: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/drover-agent/token`;
  const answer = await cluster.request(path, { method: "POST", body: { spec: { expirationSeconds: 3600 } } });
  const tokenFile = join(folder, "token");
  await writeFile(tokenFile, tokenSchema.parse(answer.json).status.token);
  const ca = Buffer.from(cluster.caCert).toString("base64");
  const kubeconfig = {
    "current-context": "own",
    clusters: [{ name: "own", cluster: { server: cluster.url, "certificate-authority-data": ca } }],
    users: [{ name: "own", user: { tokenFile } }],
    contexts: [{ name: "own", context: { cluster: "own", user: "own" } }],
  };
  const file = join(folder, "kubeconfig");
  await writeFile(file, JSON.stringify(kubeconfig));
  return file;
}

const clusterRole = (name: string): string =>
  JSON.stringify({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules: [] });

describeWithKube("the manifest of an agent", () => {
  test("makes two pods that the restricted Pod Security level admits", { timeout: 90_000 }, async () => {
    await using installed = await install("narrow");
    const path = `/apis/apps/v1/namespaces/${installed.systemNamespace}/deployments/drover-agent`;
    await vi.waitFor(
      async () => {
        const { json } = await installed.cluster.request(path);
        expect(json).toMatchObject({ status: { readyReplicas: 2, updatedReplicas: 2 } });
      },
      { timeout: 40_000, interval: 200 },
    );
  });

  test("gives narrow rights that are enough for applications, and no more", { timeout: 90_000 }, async () => {
    await using installed = await install("narrow");
    const { hub, cluster, namespace, systemNamespace } = installed;
    const options = { defaultNamespace: namespace };
    const role = `role-${namespace}`;
    const bundles = [
      { bundle: "team/app", files: { "a.yaml": configMap("app") }, options },
      { bundle: "team/rights", files: { "a.yaml": clusterRole(role) }, options },
      {
        bundle: "team/as",
        files: { "a.yaml": configMap("as") },
        options: { defaultNamespace: namespace, serviceAccount: "team" },
      },
    ];
    await cluster.request(`/api/v1/namespaces/${systemNamespace}/serviceaccounts`, {
      method: "POST",
      body: { metadata: { name: "team" } },
    });
    hub.publish({ bundles });
    await installed.state("team/app", "Ready");
    const path = `/api/v1/namespaces/${namespace}/configmaps/app`;
    expect((await cluster.request(path)).status).toBe(200);

    const refused = await installed.state("team/rights", "ErrApplied");
    expect(JSON.stringify(refused)).toMatch(/KUBE_FORBIDDEN.*drover-agent.*cannot patch resource.*clusterroles/u);
    const other = await installed.state("team/as", "ErrApplied");
    expect(JSON.stringify(other)).toContain(`system:serviceaccount:${systemNamespace}:team`);

    const patch = { method: "PATCH", contentType: "application/merge-patch+json" } as const;
    await cluster.request(path, { ...patch, body: { data: { key: "by hand" } } });
    await installed.state("team/app", "Modified");
    expect(installed.output()).not.toContain('"code":"KUBE_FORBIDDEN","err"');
  });

  test("gives wide rights to whom asks for them", { timeout: 90_000 }, async () => {
    await using installed = await install("wide");
    const role = `role-${installed.namespace}`;
    const options = { defaultNamespace: installed.namespace };
    installed.hub.publish({ bundles: [{ bundle: "team/rights", files: { "a.yaml": clusterRole(role) }, options }] });
    await installed.state("team/rights", "Ready");
    const path = `/apis/rbac.authorization.k8s.io/v1/clusterroles/${role}`;
    expect((await installed.cluster.request(path)).status).toBe(200);
    await installed.cluster.request(path, { method: "DELETE" });
  });
});
