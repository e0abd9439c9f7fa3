import { expect, test } from "vitest";
import { z } from "zod";
import { describeWithKube, sharedCluster, type SharedCluster } from "../../support/kube.ts";
import { startTlsServer, type TlsServer } from "../../support/tls-server.ts";
import { createAgentRig } from "./agent-rig.ts";
import { trickyClusterObjects } from "./tricky-cluster-objects.ts";
import { trickyObjects } from "./tricky-objects.ts";

const review = z.object({ request: z.object({ uid: z.string(), object: z.looseObject({ spec: z.unknown() }) }) });
const containers = z.object({
  template: z.object({ spec: z.object({ containers: z.array(z.looseObject({ name: z.string() })) }) }),
});

/** A webhook as meshes and mirrors of registries have them: it adds a container, and rewrites an image that Git sets. */
function injecting({ body }: { readonly body: string }): string {
  const { uid, object } = review.parse(JSON.parse(body)).request;
  const { template } = containers.parse(object.spec);
  const injected = template.spec.containers.some(({ name }) => name === "mesh");
  const at = "/spec/template/spec/containers";
  const patch = [
    { op: "replace", path: `${at}/0/image`, value: "mirror.example.com/nginx:1" },
    ...(injected
      ? []
      : [{ op: "add", path: `${at}/-`, value: { name: "mesh", image: "proxy:1", env: [{ name: "A", value: "" }] } }]),
  ];
  const response = {
    uid,
    allowed: true,
    patchType: "JSONPatch",
    patch: Buffer.from(JSON.stringify(patch)).toString("base64"),
  };
  return JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response });
}

function injector(name: string, webhook: TlsServer): Record<string, unknown> {
  return {
    metadata: { name },
    webhooks: [
      {
        name: "inject.example.com",
        sideEffects: "NoneOnDryRun",
        reinvocationPolicy: "IfNeeded",
        admissionReviewVersions: ["v1"],
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
        clientConfig: { url: `${webhook.url}/`, caBundle: webhook.caBundle },
        rules: [
          { apiGroups: ["apps"], apiVersions: ["v1"], operations: ["*"], resources: ["deployments", "daemonsets"] },
        ],
      },
    ],
  };
}

async function change(cluster: SharedCluster, path: string, body: unknown): Promise<void> {
  const contentType = "application/strategic-merge-patch+json";
  const answer = await cluster.request(`${path}?fieldManager=controller`, { method: "PATCH", contentType, body });
  if (answer.status !== 200) throw new Error(answer.text);
}

const webhooks = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";

describeWithKube("objects that servers, controllers and webhooks complete", () => {
  test(
    "are never Modified, neither when they have settled nor when everything is compared anew",
    { timeout: 120_000 },
    async () => {
      const cluster = await sharedCluster();
      await using rig = await createAgentRig(cluster);
      await using webhook = await startTlsServer(injecting);
      const { namespace } = rig;
      const made = await cluster.request(webhooks, { method: "POST", body: injector(namespace, webhook) });
      expect(made.status).toBe(201);
      const objects = [...trickyObjects(namespace), ...trickyClusterObjects(namespace)];
      const files = Object.fromEntries(objects.map((object, index) => [`${index}.yaml`, JSON.stringify(object)]));
      await rig.start();
      rig.hub.publish({ bundles: [{ bundle: "team/app", files, options: { defaultNamespace: namespace } }] });
      await rig.status("team/app", ({ appliedDeploymentId }) => appliedDeploymentId !== undefined);
      await change(
        cluster,
        `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/checks-${namespace}`,
        {
          webhooks: [
            { name: "check.example.com", failurePolicy: "Fail", clientConfig: { caBundle: webhook.caBundle } },
          ],
        },
      );
      await change(cluster, `/api/v1/namespaces/${namespace}/serviceaccounts/web`, { secrets: [{ name: "token" }] });
      await change(cluster, `/apis/apps/v1/namespaces/${namespace}/deployments/scaled/scale`, {
        spec: { replicas: 4 },
      });
      const settled = await rig.status("team/app", ({ state }) => state === "Ready" || state === "Modified");
      expect(settled.drift).toBeUndefined();
      const web = JSON.stringify(await rig.get(`/apis/apps/v1/namespaces/${namespace}/deployments/web`));
      expect(web).toMatch(/"name":"mesh"/u);
      await rig.stop();
      const before = rig.hub.checkIns.length;
      await rig.start();
      const compared = await rig.status(
        "team/app",
        ({ state }) => rig.hub.checkIns.slice(before).some(({ full }) => full) && /^(?:Ready|Modified)$/u.test(state),
      );
      expect(compared).toMatchObject({ state: "Ready", objectCount: objects.length });
      const states = rig.hub.checkIns.flatMap(({ statuses }) => statuses.map(({ state }) => state));
      expect(states).not.toContain("Modified");
      await cluster.request(`${webhooks}/${namespace}`, { method: "DELETE" });
    },
  );
});
