import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { describeWithKube } from "../../support/kube.ts";
import { configMap } from "./agent-rig.ts";
import { answerOf, aReadyRig, planOf } from "./asked-rig.ts";

const small = { "cm.yaml": configMap("web", { size: "small" }) };

function manifest(apiVersion: string, kind: string, rest: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ apiVersion, kind, ...rest });
}

/** A chart whose one template is given. */
function aChart(template: string): Readonly<Record<string, string>> {
  return { "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", "templates/cm.yaml": template };
}

const oneField = (value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shown }\ndata: { seen: ${value} }\n`;

function fixed(size: string, annotations: Readonly<Record<string, string>> = {}): string {
  return manifest("v1", "ConfigMap", { metadata: { name: "fixed", annotations }, data: { size }, immutable: true });
}

describeWithKube("an agent that is asked for a plan", () => {
  test("tells what would be made, changed, deleted and left alone, and does none of it", async () => {
    const kept = `kept-${randomBytes(4).toString("hex")}`;
    await using rig = await aReadyRig({
      ...small,
      "old.yaml": configMap("old"),
      "same.yaml": configMap("same"),
      "kept.yaml": manifest("v1", "Namespace", { metadata: { name: kept } }),
    });
    const files = {
      "cm.yaml": configMap("web", { size: "large" }),
      "new.yaml": configMap("new"),
      "same.yaml": configMap("same"),
    };
    const [plan] = await planOf(rig, [{ bundle: "team/web", files }]);
    expect(plan?.objects.map(({ action, name }) => [action, name]).toSorted()).toEqual([
      ["configure", "web"],
      ["create", "new"],
    ]);
    expect(plan).toMatchObject({ unchanged: 1, remove: [{ name: "old" }], held: [{ kind: "Namespace", name: kept }] });
    await rig.cluster.request(`/api/v1/namespaces/${kept}`, { method: "DELETE" });
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/new`)).toBeUndefined();
    expect(await rig.get(`/api/v1/namespaces/${rig.namespace}/configmaps/web`)).toMatchObject({
      data: { size: "small" },
    });
  });

  test("repeats what the API server would refuse, and names who owns what", async () => {
    await using rig = await aReadyRig(small);
    const base = `/api/v1/namespaces/${rig.namespace}/configmaps`;
    const theirs = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "theirs" }, data: { size: "theirs" } };
    await rig.cluster.request(`${base}?fieldManager=ann`, { method: "POST", body: theirs });
    const service = manifest("v1", "Service", { metadata: { name: "web" }, spec: { ports: [{ port: 99999999 }] } });
    const [plan] = await planOf(rig, [
      {
        bundle: "team/web",
        files: { ...small, "theirs.yaml": configMap("theirs", { size: "ours" }), "svc.yaml": service },
      },
    ]);
    const actions = Object.fromEntries(
      (plan?.objects ?? []).map(({ name, kind, action }) => [`${kind} ${name}`, action]),
    );
    expect(actions).toEqual({ "ConfigMap theirs": "conflict", "Service web": "fail" });
    const messages = (plan?.objects ?? []).map(({ message }) => message ?? "").join("\n");
    expect(messages).toContain('conflict with "ann"');
    expect(messages).toContain("spec.ports[0].port");
    const [other] = await planOf(rig, [{ bundle: "team/other", files: small }]);
    expect(other?.objects).toMatchObject([{ action: "conflict", message: "bundle team/web of this cluster owns it" }]);
  });

  test("tells what would be made anew because it cannot be changed, where that was asked for", async () => {
    await using rig = await aReadyRig({ "cm.yaml": fixed("small") });
    const [refused] = await planOf(rig, [{ bundle: "team/web", files: { "cm.yaml": fixed("large") } }]);
    expect(refused?.objects).toMatchObject([{ action: "fail", message: expect.stringContaining("immutable") }]);
    const files = { "cm.yaml": fixed("large", { "drover.dev/replace": "true" }) };
    const [replaced] = await planOf(rig, [{ bundle: "team/web", files }]);
    expect(replaced?.objects).toMatchObject([{ action: "replace", name: "fixed" }]);
    // As the apply would do it: within the limits of removals, and wholly or not at all.
    const atomic = { defaultNamespace: rig.namespace, helm: { atomic: true } };
    const few = { bundle: "team/web", files, options: atomic, removalLimits: { count: 0 } };
    const [limited] = await planOf(rig, [few]);
    expect(limited?.objects).toMatchObject([
      { action: "fail", message: expect.stringMatching(/1 of 1 objects would be replaced at once/u) },
    ]);
    expect(limited?.warnings).toEqual(["helm.atomic: as 1 object would fail, all of this would be taken back"]);
  });

  test("judges health by the rules of the bundle, as its status does", async () => {
    const ignore = { conditions: [{ type: "Available", status: "False" }] };
    await using rig = await aReadyRig(small);
    const claim = manifest("v1", "PersistentVolumeClaim", {
      metadata: { name: "disk" },
      spec: { accessModes: ["ReadWriteOnce"], storageClassName: "", resources: { requests: { storage: "1Gi" } } },
    });
    const options = { defaultNamespace: rig.namespace, ignore };
    rig.hub.publish({ bundles: [{ bundle: "team/web", files: { ...small, "claim.yaml": claim }, options }] });
    const { notReady } = await rig.state("team/web", "NotReady");
    const { objects } = answerOf(await rig.hub.ask({ kind: "inventory", bundle: "team/web" }), "inventory");
    const disk = objects.find(({ name }) => name === "disk");
    expect(disk).toMatchObject({ state: "not-ready" });
    expect(notReady?.[0]?.message).toContain(disk?.message ?? "nothing");
  });

  test("plans custom resources whose definition comes with them, in a namespace that is made on the way", async () => {
    await using rig = await aReadyRig(small);
    const group = `g${rig.namespace.slice(5)}.example.com`;
    const definition = manifest("apiextensions.k8s.io/v1", "CustomResourceDefinition", {
      metadata: { name: `things.${group}` },
      spec: {
        group,
        names: { plural: "things", singular: "thing", kind: "Thing", listKind: "ThingList" },
        scope: "Namespaced",
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
      },
    });
    const thing = manifest(`${group}/v1`, "Thing", { metadata: { name: "one" } });
    const options = { defaultNamespace: `${rig.namespace}-later` };
    const files = { "crd.yaml": definition, "thing.yaml": thing, "cm.yaml": configMap("later") };
    const [plan] = await planOf(rig, [{ bundle: "team/things", files, options }]);
    expect(plan?.error).toBeUndefined();
    expect(plan?.objects.map(({ action }) => action)).toEqual(["create", "create", "create"]);
    const messages = Object.fromEntries((plan?.objects ?? []).map(({ kind, message }) => [kind, message]));
    expect(messages).toEqual({
      CustomResourceDefinition: undefined,
      Thing: "will be created after its definition, which comes with it",
      ConfigMap: `will be created with its namespace ${rig.namespace}-later, which is missing`,
    });
    const stays = { ...options, createNamespace: false };
    const [refused] = await planOf(rig, [
      { bundle: "team/maps", files: { "cm.yaml": configMap("a") }, options: stays },
    ]);
    expect(refused?.objects).toMatchObject([
      { action: "fail", message: `its namespace ${rig.namespace}-later is missing, and nothing of this plan makes it` },
    ]);
  });

  test("hands objects over between bundles of one plan, and removes the rest of a bundle that goes", async () => {
    await using rig = await aReadyRig({ ...small, "old.yaml": configMap("old") });
    const plans = await planOf(rig, [{ bundle: "team/renamed", files: small }], ["team/web"]);
    // Its label says whose it is.
    expect(plans[0]?.objects).toMatchObject([{ action: "configure", name: "web" }]);
    expect(plans[0]?.objects[0]?.fields.map(({ path }) => path)).toEqual([
      'metadata.labels["applyset.kubernetes.io/part-of"]',
    ]);
    expect(plans[1]).toMatchObject({ remove: [{ name: "old" }], released: [{ name: "web" }] });
  });

  test("keeps what a foreign commit could read out of the cluster to itself", async () => {
    await using rig = await aReadyRig(small);
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "login" },
      stringData: { "values.yaml": "word: hunter2" },
    };
    await rig.cluster.request(`/api/v1/namespaces/${rig.namespace}/secrets`, { method: "POST", body: secret });
    const lookup = `{{ (lookup "v1" "Secret" "${rig.namespace}" "login").data | toJson | quote }}`;
    const [looking] = await planOf(rig, [{ bundle: "team/looking", files: aChart(oneField(lookup)) }]);
    expect(looking?.warnings.join("\n")).toContain("not deployed looks nothing up");
    const valuesFrom = [{ secretKeyRef: { name: "login", namespace: rig.namespace } }];
    const [reading] = await planOf(rig, [
      { bundle: "team/reading", files: aChart(oneField("{{ .Values.word }}")), options: { helm: { valuesFrom } } },
    ]);
    expect(reading?.error).toMatchObject({ code: "ANSWER_REFUSED" });
    expect(reading?.error?.message).toContain("answerPlanSecrets");
    const text = JSON.stringify([looking, reading]);
    expect(text).not.toContain("hunter2");
    expect(text).not.toContain(Buffer.from("word: hunter2").toString("base64"));
  });

  test("shows nothing of live objects that the bundle does not own", async () => {
    await using rig = await aReadyRig(small);
    const theirs = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "theirs" }, data: { size: "private" } };
    const path = `/api/v1/namespaces/${rig.namespace}/configmaps?fieldManager=ann`;
    await rig.cluster.request(path, { method: "POST", body: theirs });
    const options = { helm: { takeOwnership: true } };
    const [plan] = await planOf(rig, [
      { bundle: "team/web", files: { ...small, "t.yaml": configMap("theirs", { size: "ours" }) }, options },
    ]);
    expect(plan?.objects).toMatchObject([{ action: "configure", name: "theirs" }]);
    expect(plan?.objects[0]?.fields).toContainEqual(expect.objectContaining({ path: "data.size", desired: "ours" }));
    expect(JSON.stringify(plan)).not.toContain("private");
  });

  test("keeps no password of a chart's first plan", async () => {
    await using rig = await aReadyRig(small);
    const template =
      "apiVersion: v1\nkind: Secret\nmetadata: { name: made }\nstringData: { password: {{ randAlphaNum 20 }} }\n";
    const [plan] = await planOf(rig, [{ bundle: "team/made", files: aChart(template) }]);
    expect(plan?.objects).toMatchObject([{ action: "create", name: "made" }]);
    const secrets = await rig.get(`/api/v1/namespaces/${rig.systemNamespace}/secrets`);
    expect(JSON.stringify(secrets)).not.toContain("team/made");
  });
});
