import { expect, test } from "vitest";
import * as z from "zod";
import { describeWithKube } from "../../support/kube.ts";
import { startTlsServer, type TlsServer } from "../../support/tls-server.ts";
import { type AgentRig, configMap, createAgentRig } from "./agent-rig.ts";
import { auditedSharedCluster } from "./scenarios/deletions.ts";
import { webDeployment } from "./web-deployment.ts";

const timeout = 90_000;
const reviewSchema = z.object({ request: z.object({ uid: z.string(), dryRun: z.boolean().exactOptional() }) });

/** A webhook whose pods are not ready unless `up` is said: what it answers then is no review. */
async function startGuard(): Promise<{ readonly server: TlsServer; readonly dryRuns: () => number; up: boolean }> {
  const state = { up: false, dryRuns: 0 };
  const server = await startTlsServer(({ body }) => {
    if (!state.up) return "no upstream";
    const { uid, dryRun } = reviewSchema.parse(JSON.parse(body)).request;
    if (dryRun === true) state.dryRuns += 1;
    return JSON.stringify({
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      response: { uid, allowed: true },
    });
  });
  return {
    server,
    dryRuns: () => state.dryRuns,
    get up() {
      return state.up;
    },
    set up(value) {
      state.up = value;
    },
  };
}

function guardOf(rig: AgentRig, { url, caBundle }: TlsServer): string {
  return JSON.stringify({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: rig.namespace },
    webhooks: [
      {
        name: "guard.example.com",
        failurePolicy: "Fail",
        sideEffects: "NoneOnDryRun",
        admissionReviewVersions: ["v1"],
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": rig.namespace } },
        // Not what every namespace gets by itself.
        objectSelector: { matchLabels: { guarded: "yes" } },
        clientConfig: { url: `${url}/`, caBundle },
        rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["configmaps"] }],
      },
    ],
  });
}

function guarded(name: string, value: string): string {
  const object: unknown = JSON.parse(configMap(name, { value }));
  return JSON.stringify({ ...z.looseObject({}).parse(object), metadata: { name, labels: { guarded: "yes" } } });
}

const shown = (rig: AgentRig): string[] => [
  ...new Set(rig.hub.checkIns.flatMap(({ statuses }) => statuses.map(({ error }) => error?.code ?? "none"))),
];

describeWithKube("a bundle that brings a webhook for its own objects", () => {
  test(
    "comes up without an error, waits for the webhook at an upgrade, and goes while it is away",
    { timeout },
    async () => {
      await using cluster = await auditedSharedCluster();
      await using rig = await createAgentRig(cluster);
      const webhook = `validatingwebhookconfigurations/${rig.namespace}`;
      rig.mayDelete("configmaps/a", "configmaps/b", "deployments/web", webhook);
      const guard = await startGuard();
      await using server = guard.server;
      const publish = (version: string, names: readonly string[]): void => {
        const maps = names.map((name) => [`${name}.yaml`, guarded(name, version)] as const);
        const files = {
          "guard.yaml": guardOf(rig, server),
          "web.yaml": webDeployment("ready", version),
          ...Object.fromEntries(maps),
        };
        rig.hub.publish({ bundles: [{ bundle: "team/app", files, options: { defaultNamespace: rig.namespace } }] });
      };
      const path = (name: string): string => `/api/v1/namespaces/${rig.namespace}/configmaps/${name}`;
      await rig.start();
      publish("1", ["a"]);
      await rig.state("team/app", "Ready");
      expect(shown(rig)).toEqual(["none"]);

      publish("2", ["a", "b"]);
      const waiting = await rig.status("team/app", ({ error }) => error !== undefined);
      expect(waiting).toMatchObject({ state: "ErrApplied", error: { code: "KUBE_UNAVAILABLE" } });
      expect(waiting.error?.message).toContain('failed calling webhook "guard.example.com"');
      // The pods that the webhook is waiting for are not held up by what waits for it.
      const web = `/apis/apps/v1/namespaces/${rig.namespace}/deployments/web`;
      await expect.poll(async () => JSON.stringify(await rig.get(web)), { timeout: 20_000 }).toContain("web:2");
      guard.up = true;
      await rig.state("team/app", "Ready");
      expect(shown(rig)).toEqual(["none", "KUBE_UNAVAILABLE"]);
      expect(await rig.get(path("a"))).toMatchObject({ data: { value: "2" } });
      expect(await rig.get(path("b"))).toMatchObject({ data: { value: "2" } });

      const edit = { method: "PATCH", contentType: "application/merge-patch+json" } as const;
      const before = guard.dryRuns();
      await cluster.request(path("a"), { ...edit, body: { data: { value: "by hand" } } });
      const { drift } = await rig.state("team/app", "Modified");
      expect(drift).toMatchObject([{ name: "a", type: "changed" }]);
      // It was asked as a dry run: a webhook with `NoneOnDryRun` then has no side effects.
      expect(guard.dryRuns()).toBeGreaterThan(before);
      expect(await cluster.deletions(rig.namespace)).toEqual([]);

      guard.up = false;
      rig.hub.publish({ bundles: [], remove: [{ bundle: "team/app", reason: "bundle-deleted", because: "c0ffee" }] });
      await expect.poll(() => rig.hub.gone.has("team/app"), { timeout: 30_000 }).toBe(true);
      expect((await cluster.deletions(rig.namespace)).toSorted()).toEqual(["a", rig.namespace, "b", "web"]);
    },
  );
});
