import { expect, test } from "vitest";
import { describeWithKube } from "../../support/kube.ts";
import { configMap } from "./agent-rig.ts";
import { answerOf, aReadyRig, refusalOf } from "./asked-rig.ts";

const secretValue = "s3cr3t-of-the-test";

function aSecret(name: string): string {
  const stringData = { password: secretValue };
  const applied = JSON.stringify({ kind: "Secret", stringData });
  const annotations = { "kubectl.kubernetes.io/last-applied-configuration": applied, "example.com/copy": secretValue };
  return JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name, annotations }, stringData });
}

const secretBytes = Buffer.from(secretValue).toString("base64");

function expectNoSecret(value: unknown): void {
  const text = JSON.stringify(value);
  expect(text).not.toContain(secretValue);
  expect(text).not.toContain(secretBytes);
}

const files = { "cm.yaml": configMap("web", { size: "small" }), "secret.yaml": aSecret("login") };

describeWithKube("an agent that is asked", () => {
  test("shows a live object of a bundle without managedFields", async () => {
    await using rig = await aReadyRig(files);
    const object = { group: "", kind: "ConfigMap", namespace: rig.namespace, name: "web" };
    const answer = answerOf(await rig.hub.ask({ kind: "object", bundle: "team/web", object }), "object");
    expect(answer.object).toMatchObject({ kind: "ConfigMap", data: { size: "small" }, metadata: { name: "web" } });
    expect(JSON.stringify(answer)).not.toContain("managedFields");
  });

  test("hides every value of a Secret, and the copies of it in annotations", async () => {
    await using rig = await aReadyRig(files);
    const object = { group: "", kind: "Secret", namespace: rig.namespace, name: "login" };
    const answer = answerOf(await rig.hub.ask({ kind: "object", bundle: "team/web", object }), "object");
    expect(answer.object).toMatchObject({ kind: "Secret", data: { password: "[hidden]" } });
    expectNoSecret(answer);
  });

  test("refuses objects that the bundle does not own, its own credential among them", async () => {
    await using rig = await aReadyRig(files);
    const object = { group: "", kind: "Secret", namespace: rig.systemNamespace, name: "drover-agent" };
    const refusal = refusalOf(await rig.hub.ask({ kind: "object", bundle: "team/web", object }));
    expect(refusal).toMatchObject({ code: "ANSWER_REFUSED" });
    expect(refusal.message).toContain("does not own");
  });

  test("tells field by field what others changed, and nothing of a Secret's values", async () => {
    await using rig = await aReadyRig(files);
    const base = `/api/v1/namespaces/${rig.namespace}`;
    const patch = { method: "PATCH", contentType: "application/merge-patch+json" } as const;
    await rig.cluster.request(`${base}/configmaps/web?fieldManager=ann`, {
      ...patch,
      body: { data: { size: "huge" } },
    });
    await rig.cluster.request(`${base}/secrets/login?fieldManager=ann`, {
      ...patch,
      body: { stringData: { password: "x" } },
    });
    const { deployment } = answerOf(await rig.hub.ask({ kind: "diff", bundle: "team/web" }), "diff");
    expect(deployment.objects.map(({ kind, action }) => [kind, action])).toEqual(
      expect.arrayContaining([
        ["ConfigMap", "configure"],
        ["Secret", "configure"],
      ]),
    );
    const map = deployment.objects.find(({ kind }) => kind === "ConfigMap");
    expect(map?.fields).toMatchObject([{ path: "data.size", desired: "small", live: "huge", manager: "ann" }]);
    expectNoSecret(deployment);
  });

  test("lists what a bundle owns, with what is missing of it", async () => {
    await using rig = await aReadyRig(files, { config: { resyncMs: 3_600_000 } });
    await rig.cluster.request(`/api/v1/namespaces/${rig.namespace}/configmaps/web`, { method: "DELETE" });
    const { objects } = answerOf(await rig.hub.ask({ kind: "inventory", bundle: "team/web" }), "inventory");
    expect(Object.fromEntries(objects.map(({ kind, state }) => [kind, state]))).toEqual({
      ConfigMap: "missing",
      Secret: "ready",
    });
    expect(objects.every(({ uid }) => uid !== undefined)).toBe(true);
  });

  test("names the switch of a kind of question that is turned off", async () => {
    await using rig = await aReadyRig(files, { config: { answerDiff: false } });
    const refusal = refusalOf(await rig.hub.ask({ kind: "diff", bundle: "team/web" }));
    expect(refusal).toMatchObject({ code: "ANSWER_REFUSED" });
    expect(refusal.message).toContain("AGENT_ANSWER_DIFF");
    expect(refusalOf(await rig.hub.ask({ kind: "logs", bundle: "team/web" })).message).toContain("AGENT_ANSWER_LOGS");
  });

  test("says that it does not know a question of a later hub", async () => {
    await using rig = await aReadyRig(files);
    expect(refusalOf(await rig.hub.ask({ kind: "weather" })).code).toBe("QUESTION_UNKNOWN");
  });

  test("answers two askers at once, each his own", async () => {
    await using rig = await aReadyRig(files);
    const ask = async (name: string, kind: string) =>
      rig.hub.ask({ kind: "object", bundle: "team/web", object: { group: "", kind, namespace: rig.namespace, name } });
    const [map, secret] = await Promise.all([ask("web", "ConfigMap"), ask("login", "Secret")]);
    expect(answerOf(map, "object").object["kind"]).toBe("ConfigMap");
    expect(answerOf(secret, "object").object["kind"]).toBe("Secret");
  });
});
