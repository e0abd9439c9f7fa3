import { setTimeout as delay } from "node:timers/promises";
import type { KubeClient } from "./kube-request.ts";

/** The nodes that kwok plays. */
const fakeNodeNames = ["fake-1", "fake-2"] as const;

/** The annotation, as `key=value`, by which kwok knows its nodes. */
export const fakeNodeSelector = "kwok.x-k8s.io/node=fake";

/** What kwok gives a node by default, and room for pods that ask for storage of their own. */
const resources = { cpu: "1k", memory: "1Ti", pods: "1M", "ephemeral-storage": "1Ti" };

/** Creates the fake nodes; kwok makes them Ready. */
export async function createFakeNodes(client: KubeClient): Promise<void> {
  for (const name of fakeNodeNames) {
    const answer = await client.request("/api/v1/nodes", {
      method: "POST",
      body: {
        apiVersion: "v1",
        kind: "Node",
        metadata: {
          name,
          annotations: { "kwok.x-k8s.io/node": "fake", "node.alpha.kubernetes.io/ttl": "0" },
          labels: {
            "kubernetes.io/arch": "amd64",
            "kubernetes.io/hostname": name,
            "kubernetes.io/os": "linux",
            type: "kwok",
          },
        },
        status: { allocatable: resources, capacity: resources },
      },
    });
    if (answer.status !== 201) throw new Error(`cannot create node ${name}: ${answer.status} ${answer.text}`);
  }
}

/** Resolves once the API server answers 200 on each path; throws after `deadlineMs` with what it said last. */
export async function waitForObjects(client: KubeClient, paths: readonly string[], deadlineMs: number): Promise<void> {
  const giveUpAt = Date.now() + deadlineMs;
  for (const path of paths) {
    for (;;) {
      const answer = await client.request(path);
      if (answer.status === 200) break;
      if (Date.now() > giveUpAt) throw new Error(`${path} was not there in time: ${answer.status} ${answer.text}`);
      await delay(40);
    }
  }
}
