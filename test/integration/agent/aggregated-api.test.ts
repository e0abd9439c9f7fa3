import { request as forward } from "node:http";
import { createServer } from "node:https";
import { expect, test, vi } from "vitest";
import { systemClock } from "../../../shared/clock.ts";
import { silentLogger } from "../../../shared/log.ts";
import { createSimulatedCluster, type SimulatedCluster } from "../../../simulator/simulated-cluster.ts";
import { createAuthority } from "../../kube/pki.ts";
import { describeWithKube, sharedCluster } from "../../support/kube.ts";
import { type AgentRig, configMap, createAgentRig } from "./agent-rig.ts";

const timeout = 120_000;

/** An API server behind another one: a simulated cluster that serves things of a group, while `up` is said. */
async function startExtension(namespace: string, group: string) {
  const behind = await createSimulatedCluster({ name: "behind", clock: systemClock, log: silentLogger, tls: false });
  await prepare(behind, namespace, group);
  const authority = await createAuthority("extension-ca");
  const pair = await authority.issue({
    name: "extension",
    usage: "1.3.6.1.5.5.7.3.1",
    dnsNames: [`extension.${namespace}.svc`],
  });
  const state = { up: false };
  const server = createServer(pair, (incoming, response) => {
    const isServed = incoming.url?.startsWith(`/apis/${group}`) === true;
    if (!state.up || !isServed) {
      response.writeHead(state.up ? 404 : 503).end("its pods are not ready");
      return;
    }
    // The front proxy has authenticated the user; the simulated cluster knows its administrator only.
    const headers = { ...incoming.headers, authorization: `Bearer ${behind.token}` };
    const outgoing = forward(`${behind.url}${incoming.url}`, { method: incoming.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on("error", () => response.destroy());
    response.on("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    state,
    behind,
    port: typeof address === "object" && address !== null ? address.port : 0,
    caBundle: Buffer.from(authority.cert).toString("base64"),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await behind[Symbol.asyncDispose]();
    },
  };
}

async function prepare({ url, token }: SimulatedCluster, namespace: string, group: string): Promise<void> {
  const names = { plural: "things", singular: "thing", kind: "Thing", listKind: "ThingList" };
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  const versions = [{ name: "v1", served: true, storage: true, schema }];
  const create = async (path: string, body: object): Promise<void> => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(201);
  };
  await create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `things.${group}` },
    spec: { group, names, scope: "Namespaced", versions },
  });
}

/** A change makes the aggregator ask at once, instead of within half a minute. */
async function nudge(rig: AgentRig, name: string): Promise<void> {
  await rig.cluster.request(`/apis/apiregistration.k8s.io/v1/apiservices/${name}`, {
    method: "PATCH",
    contentType: "application/merge-patch+json",
    body: { metadata: { annotations: { nudged: String(performance.now()) } } },
  });
}

describeWithKube("an aggregated API that a bundle brings", () => {
  test(
    "holds its objects while it is not available, and nothing else; they go before it does",
    { timeout },
    async () => {
      await using rig = await createAgentRig(await sharedCluster());
      rig.mayDelete("things/one", "services/extension", "configmaps/a", `apiservices/v1.${rig.namespace}.example.com`);
      const group = `${rig.namespace}.example.com`;
      const name = `v1.${group}`;
      await using extension = await startExtension(rig.namespace, group);
      const service = { namespace: rig.namespace, name: "extension", port: extension.port };
      const priority = { groupPriorityMinimum: 100, versionPriority: 100 };
      const objects = {
        "thing.yaml": { apiVersion: `${group}/v1`, kind: "Thing", metadata: { name: "one" }, spec: { size: 1 } },
        "api.yaml": {
          apiVersion: "apiregistration.k8s.io/v1",
          kind: "APIService",
          metadata: { name },
          spec: { group, version: "v1", ...priority, caBundle: extension.caBundle, service },
        },
        "service.yaml": {
          apiVersion: "v1",
          kind: "Service",
          metadata: { name: "extension" },
          spec: { type: "ExternalName", externalName: "localhost" },
        },
      };
      const files = Object.fromEntries(Object.entries(objects).map(([file, object]) => [file, JSON.stringify(object)]));
      const thing = async (): Promise<number> => {
        const path = `${extension.behind.url}/apis/${group}/v1/namespaces/${rig.namespace}/things/one`;
        return (await fetch(path, { headers: { authorization: `Bearer ${extension.behind.token}` } })).status;
      };
      await rig.start();
      const options = { defaultNamespace: rig.namespace };
      rig.hub.publish({ bundles: [{ bundle: "team/app", files: { ...files, "a.yaml": configMap("a") }, options }] });
      await vi.waitFor(
        async () => expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/a`)).toBeDefined(),
        { timeout: 20_000 },
      );
      const { error } = await rig.status("team/app", (status) => status.error !== undefined);
      expect(error).toMatchObject({ code: "KUBE_UNAVAILABLE" });
      expect(error?.message).toContain(`APIService ${name} is not available: `);
      expect(await thing()).toBe(404);

      extension.state.up = true;
      await nudge(rig, name);
      await rig.state("team/app", "Ready");
      expect(await thing()).toBe(200);

      extension.state.up = false;
      await nudge(rig, name);
      rig.hub.publish({ bundles: [], remove: [{ bundle: "team/app", reason: "bundle-deleted", because: "c0ffee" }] });
      const { notReady = [] } = await rig.status("team/app", (status) => status.notReady?.length === 4);
      const reasons = Object.fromEntries(notReady.map(({ kind, message }) => [kind, message]));
      expect(reasons).toMatchObject({
        Thing: expect.stringContaining("503"),
        APIService: "to be removed: waits for others to go first",
      });
      expect(rig.hub.gone.has("team/app")).toBe(false);
      expect(await rig.get(`/apis/apiregistration.k8s.io/v1/apiservices/${name}`)).toBeDefined();
      expect(await thing()).toBe(200);

      extension.state.up = true;
      await nudge(rig, name);
      await vi.waitFor(() => expect(rig.hub.gone.has("team/app")).toBe(true), { timeout: 60_000, interval: 100 });
      expect(await thing()).toBe(404);
      expect(await rig.get(`/apis/apiregistration.k8s.io/v1/apiservices/${name}`)).toBeUndefined();
    },
  );
});
