import { createServer, type Server } from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type KubeCluster, startKubeCluster } from "../../kube/cluster.ts";
import { createAuthority } from "../../kube/pki.ts";
import { describeWithKube } from "../../support/kube.ts";

describeWithKube("a test cluster and an extension API server on this machine", () => {
  let cluster: KubeCluster;
  let extension: Server;
  let port: number;
  let caCert: string;
  const seen: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];

  beforeAll(async () => {
    cluster = await startKubeCluster({ name: "aggregating" });
    const authority = await createAuthority("extension-ca");
    caCert = authority.cert;
    const pair = await authority.issue({
      name: "extension",
      usage: "1.3.6.1.5.5.7.3.1",
      dnsNames: ["extension.default.svc"],
    });
    extension = createServer(pair, (request, response) => {
      seen.push({ url: request.url, headers: request.headers });
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({ kind: "APIResourceList", apiVersion: "v1", groupVersion: "rig.test/v1", resources: [] }),
      );
    });
    port = await new Promise<number>((resolve) => {
      extension.listen(0, "127.0.0.1", () => {
        const address = extension.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  });

  afterAll(async () => {
    extension.closeAllConnections();
    extension.close();
    await cluster.stop();
  });

  it("are joined by an ExternalName Service, and the user's name goes along", async () => {
    const service = await cluster.request("/api/v1/namespaces/default/services", {
      method: "POST",
      body: { metadata: { name: "extension" }, spec: { type: "ExternalName", externalName: "localhost" } },
    });
    expect(service.status).toBe(201);
    const registration = await cluster.request("/apis/apiregistration.k8s.io/v1/apiservices", {
      method: "POST",
      body: {
        metadata: { name: "v1.rig.test" },
        spec: {
          group: "rig.test",
          version: "v1",
          groupPriorityMinimum: 100,
          versionPriority: 100,
          caBundle: Buffer.from(caCert).toString("base64"),
          service: { namespace: "default", name: "extension", port },
        },
      },
    });
    expect(registration.status).toBe(201);
    await vi.waitFor(
      async () => {
        const answer = await cluster.request("/apis/rig.test/v1/things");
        expect(answer.status).toBe(200);
      },
      { timeout: 20_000, interval: 100 },
    );
    const forwarded = seen.find(({ url }) => url === "/apis/rig.test/v1/things");
    expect(forwarded?.headers["x-remote-user"]).toBe("admin");
    expect(forwarded?.headers["x-remote-group"]).toContain("system:masters");
  });
});
