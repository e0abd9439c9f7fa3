import { spawn } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { findOrBuildBinary } from "../../kube/binaries.ts";
import { until } from "../../support/e2e-chain.ts";
import { describeWithKube } from "../../support/kube.ts";
import { kubectl, type KubectlResult } from "../../support/kubectl.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { aBundle, adminToken, type FakeAgent, type HubRig, registerAgent, startHub } from "./hub-rig.ts";

const tokenSchema = z.object({ status: z.object({ token: z.string() }) });

function aGitRepo(name: string, spec: object = {}): object {
  return {
    apiVersion: "fleet.cattle.io/v1alpha1",
    kind: "GitRepo",
    metadata: { name, namespace: "fleet-default" },
    spec: { repo: "https://git.invalid/config.git", branch: "main", disablePolling: true, ...spec },
  };
}

describeWithKube("kubectl against the hub", () => {
  let hub: HubRig;
  let agent: FakeAgent;
  beforeAll(async () => {
    hub = await startHub();
    agent = await registerAgent(hub, "alpha", { labels: { env: "dev" } });
    await hub.apply(aBundle("web"));
  });
  afterAll(async () => hub?.[Symbol.asyncDispose]());

  async function run(...args: readonly string[]): Promise<string> {
    const result = await hub.kubectl(args);
    expect([args, result.exitCode, result.stderr.replaceAll(/^Warning:.*\n/gmu, "")]).toEqual([args, 0, ""]);
    return result.stdout;
  }
  async function pipe(object: object, ...args: readonly string[]): Promise<KubectlResult> {
    return hub.kubectl(args, { stdin: JSON.stringify(object) });
  }
  async function reportReady(): Promise<void> {
    const [wanted] = (await agent.document()).deployments;
    const status = {
      bundle: "fleet-default/web",
      state: "Ready" as const,
      appliedDeploymentId: wanted?.deploymentId ?? "",
    };
    await agent.checkIn({
      full: true,
      statuses: [status],
      holds: ["fleet-default/web"],
      agent: { version: "1.0.0", kubeVersion: "v1.36.3" },
    });
  }

  it("gets objects with Fleet's columns, and more of them with -o wide", async () => {
    expect(await run("get", "clusters")).toMatch(/^NAME +BUNDLES-READY +STATE +LAST-SEEN +STATUS/u);
    await reportReady();
    expect(await run("get", "clusters", "-o", "wide")).toMatch(
      /KUBERNETES +AGENT\nalpha +1\/1 +Ready .* v1\.36\.3 +1\.0\.0/u,
    );
    expect(await run("get", "bundles")).toMatch(/web +1\/1/u);
    expect(await run("get", "bundledeployments", "-A")).toMatch(/cluster-fleet-default-alpha-\w+ +web +Ready +True/u);
    expect(await run("describe", "cluster", "alpha")).toMatch(/Ready Bundles: +1\/1/u);
  });

  it("lists BundleDeployments page by page without repeating or missing one", async () => {
    const bundles = Array.from({ length: 12 }, (_, index) =>
      aBundle(`page-${index}`, { matchLabels: { pages: "yes" } }),
    );
    await hub.apply(...bundles);
    for (let index = 0; index < 4; index++) await registerAgent(hub, `page-${index}`, { labels: { pages: "yes" } });
    const names = (
      await run(
        "get",
        "bundledeployments",
        "-A",
        "--chunk-size=7",
        "--no-headers",
        "-o",
        "custom-columns=A:.metadata.namespace,B:.metadata.name",
      )
    )
      .trim()
      .split("\n")
      .filter((line) => line.startsWith("cluster-fleet-default-page-"));
    // Each of the four has the twelve and the bundle that everybody has.
    expect(names).toHaveLength(52);
    expect(new Set(names).size).toBe(52);
    await run("delete", "clusters", "-l", "pages=yes");
    await run("delete", "bundles", ...bundles.map((_, index) => `page-${index}`));
  });

  it("applies client-side and server-side, shows a diff, and refuses what another manager owns", async () => {
    expect((await pipe(aGitRepo("applied"), "apply", "-f", "-")).stdout).toContain(
      "gitrepo.fleet.cattle.io/applied created",
    );
    expect((await pipe(aGitRepo("applied"), "apply", "-f", "-")).stdout).toContain("unchanged");
    const diff = await pipe(aGitRepo("applied", { branch: "other" }), "diff", "-f", "-");
    expect([diff.exitCode, diff.stdout]).toEqual([1, expect.stringMatching(/-\s+branch: main\n\+\s+branch: other/u)]);
    const ours = await pipe(aGitRepo("ssa"), "apply", "--server-side", "--field-manager=a", "-f", "-");
    expect(ours.stdout).toContain("serverside-applied");
    const theirs = await pipe(
      aGitRepo("ssa", { branch: "x" }),
      "apply",
      "--server-side",
      "--field-manager=b",
      "-f",
      "-",
    );
    expect([theirs.exitCode, theirs.stderr]).toEqual([1, expect.stringContaining('conflict with "a"')]);
    const forced = await pipe(
      aGitRepo("ssa", { branch: "x" }),
      "apply",
      "--server-side",
      "--force-conflicts",
      "--field-manager=b",
      "-f",
      "-",
    );
    expect(forced.exitCode).toBe(0);
    expect(await run("get", "gitrepo", "ssa", "-o", "jsonpath={.spec.branch}")).toBe("x");
  });

  it("applies a List of objects of several kinds", async () => {
    const group = { apiVersion: "fleet.cattle.io/v1alpha1", kind: "ClusterGroup", metadata: { name: "listed" } };
    const settings = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "listed" }, data: { key: "value" } };
    const list = { apiVersion: "v1", kind: "List", items: [group, settings] };
    const { exitCode, stdout, stderr } = await pipe(list, "apply", "-f", "-");
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toBe("clustergroup.fleet.cattle.io/listed created\nconfigmap/listed created\n");
  });

  it("labels, annotates, patches and edits", async () => {
    await hub.apply(aGitRepo("edited"));
    await run("label", "gitrepo", "edited", "team=a");
    await run("annotate", "gitrepo", "edited", "note=b");
    await run(
      "patch",
      "gitrepo",
      "edited",
      "--type=json",
      "-p",
      '[{"op":"replace","path":"/spec/branch","value":"json"}]',
    );
    await run("patch", "gitrepo", "edited", "--type=merge", "-p", '{"spec":{"paths":["one"]}}');
    await using folder = await createTempDir("editor");
    const editor = join(folder.path, "editor.sh");
    await writeFile(editor, "#!/bin/sh\nsed -i 's/- one/- two/' \"$1\"\n");
    await chmod(editor, 0o700);
    const edit = await hub.kubectl(["edit", "gitrepo", "edited"], { env: { KUBE_EDITOR: editor } });
    expect([edit.exitCode, edit.stderr]).toEqual([0, ""]);
    const paths =
      "{.metadata.labels.team} {.metadata.annotations.note} {.spec.branch} {.spec.paths} {.metadata.generation}";
    expect(await run("get", "gitrepo", "edited", "-o", `jsonpath=${paths}`)).toBe('a b json ["two"] 4');
  });

  it("refuses an update of an old version", async () => {
    await hub.apply(aGitRepo("versions"));
    const old = JSON.parse(await run("get", "gitrepo", "versions", "-o", "json")) as object;
    await run("label", "gitrepo", "versions", "newer=yes");
    const late = await pipe(old, "replace", "-f", "-");
    expect([late.exitCode, late.stderr]).toEqual([1, expect.stringContaining("the object has been modified")]);
  });

  it.each([
    ["no address", { repo: "" }, "spec.repo"],
    ["an address of another kind", { repo: "ftp://x/y" }, "spec.repo"],
    ["a duration that is none", { pollingInterval: "soon" }, "spec.pollingInterval"],
    [
      "a selector that is none",
      { targets: [{ clusterSelector: { matchExpressions: [{ key: "a", operator: "Near" }] } }] },
      "spec.targets",
    ],
    ["a wrong type", { paths: "app" }, "spec.paths"],
  ])("refuses a GitRepo with %s, naming the field", async (_what, spec, field) => {
    const refused = await pipe(aGitRepo("refused", spec), "create", "--validate=false", "-f", "-");
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining(field)]);
    expect(refused.stderr).not.toContain("secret");
  });

  it("never repeats the password of an address in an answer", async () => {
    const refused = await pipe(aGitRepo("password", { repo: "ftp://u:hunter2@host/x" }), "create", "-f", "-");
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.not.stringContaining("hunter2")]);
  });

  it("waits for a condition, and watches statuses change", async () => {
    await hub.apply(aBundle("waited", { matchLabels: { env: "dev" } }));
    const waiting = hub.kubectl(["wait", "bundle/waited", "--for=condition=Ready", "--timeout=20s"]);
    const watch = watching(hub, ["get", "bundledeployments", "-A", "-w", "--no-headers"]);
    await using _watch = await watch;
    await until("the watch shows the bundle", async () => (await watch).text().includes("waited"));
    const { deployments } = await agent.document();
    const statuses = deployments.map(({ bundle, deploymentId }) => ({
      bundle,
      state: "Ready" as const,
      appliedDeploymentId: deploymentId,
    }));
    await agent.checkIn({ statuses });
    expect((await waiting).stdout).toContain("condition met");
    await until("the watch shows Ready", async () => /waited +Ready/u.test((await watch).text()));
    await run("delete", "bundle", "waited");
  });

  it("explains kinds, lists what there is, and says what one may do", async () => {
    expect(await run("explain", "gitrepo.spec")).toMatch(/pollingInterval\s+<string>/u);
    expect(await run("api-resources", "--api-group=fleet.cattle.io", "-o", "name")).toContain(
      "clustergroups.fleet.cattle.io",
    );
    expect((await run("auth", "can-i", "create", "gitrepos")).trim()).toBe("yes");
    expect(await run("version")).toContain("+drover-");
  });

  it("gives a user the rights that a Role and a RoleBinding say, until it is deleted", async () => {
    const user = {
      apiVersion: "fleet.cattle.io/v1alpha1",
      kind: "User",
      metadata: { name: "alice" },
      spec: { groups: ["team-a"] },
    };
    await hub.apply(user);
    const { json } = await hub.call("/apis/fleet.cattle.io/v1alpha1/users/alice/token", {
      method: "POST",
      token: await adminToken(hub),
      body: user,
      headers: { "content-type": "application/json" },
    });
    const token = tokenSchema.parse(json).status.token;
    expect(await run("get", "user", "alice", "-o", "json")).not.toContain(token);
    await using folder = await createTempDir("alice");
    const kubeconfigPath = join(folder.path, "kubeconfig");
    const admin = await readFile(hub.kubeconfigPath, "utf8");
    await writeFile(kubeconfigPath, admin.replace(await adminToken(hub), token));
    const alice = async (...args: readonly string[]): Promise<KubectlResult> => kubectl(args, { kubeconfigPath });
    expect((await alice("get", "gitrepos")).stderr).toContain('User "alice" cannot list resource "gitrepos"');
    await run("create", "role", "reader", "--verb=get,list", "--resource=gitrepos.fleet.cattle.io");
    await run("create", "rolebinding", "reader", "--role=reader", "--group=team-a");
    await until("the binding counts", async () => (await alice("get", "gitrepos")).exitCode === 0);
    expect((await alice("delete", "gitrepo", "applied")).exitCode).toBe(1);
    expect((await alice("get", "secrets")).exitCode).toBe(1);
    expect((await alice("get", "gitrepos", "-n", "other")).exitCode).toBe(1);
    expect((await hub.call("/metrics", { token })).status).toBe(403);
    await run("create", "clusterrole", "scraper", "--verb=get", "--non-resource-url=/metrics");
    await run("create", "clusterrolebinding", "scraper", "--clusterrole=scraper", "--user=alice");
    await until("the metrics may be read", async () => (await hub.call("/metrics", { token })).status === 200);
    expect((await hub.call("/metrics", { token })).text).toMatch(/gitops_clusters 1\n/u);
    expect((await hub.call("/metrics")).status).toBe(401);
    expect((await hub.call("/healthz")).status).toBe(200);
    await run("delete", "user", "alice");
    expect((await alice("get", "gitrepos")).exitCode).toBe(1);
  });

  it("makes and deletes namespaces, but not one that holds clusters", async () => {
    await run("create", "ns", "team-a");
    await run("create", "secret", "generic", "git", "-n", "team-a", "--from-literal=password=x");
    await run("delete", "ns", "team-a");
    expect((await hub.kubectl(["get", "secret", "git", "-n", "team-a"])).stderr).toContain("not found");
    const refused = await hub.kubectl(["delete", "ns", "fleet-default"]);
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining("clusters")]);
  });
});

interface Watching extends AsyncDisposable {
  text(): string;
}

/** Runs a kubectl that does not end by itself. */
async function watching(hub: HubRig, args: readonly string[]): Promise<Watching> {
  const path = (await findOrBuildBinary("kubectl")) ?? "kubectl";
  const child = spawn(path, [...args], { env: { ...process.env, KUBECONFIG: hub.kubeconfigPath } });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise((resolve) => {
    child.once("exit", resolve);
  });
  return {
    text: () => text,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
    },
  };
}
