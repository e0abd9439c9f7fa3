import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { havePrograms } from "../../support/kube.ts";
import { createKubectlCluster, type KubectlCluster } from "./kubectl-cluster.ts";

const haveKubectl = await havePrograms("kubectl");

const web = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1", ports: [{containerPort: 80}]}]}
`;

function settings(color: string): string {
  return `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"settings","namespace":"shop"},"data":{"color":"${color}"}}`;
}

describe.runIf(haveKubectl)("kubectl against a simulated cluster", () => {
  let kube: KubectlCluster;

  beforeAll(async () => {
    kube = await createKubectlCluster();
    await kube.run("create namespace shop");
    await kube.run("apply -f -", { stdin: web });
  });

  afterAll(async () => {
    await kube[Symbol.asyncDispose]();
  });

  it("knows the server's version", async () => {
    expect(await kube.run("version")).toContain("Server Version: v1.36.3");
  });

  it("lists the kinds that are served", async () => {
    const kinds = await kube.run("api-resources");
    expect(kinds).toMatch(/^deployments\s+deploy\s+apps\/v1\s+true\s+Deployment$/m);
    expect(kinds).toMatch(/^namespaces\s+ns\s+v1\s+false\s+Namespace$/m);
  });

  it("explains a field of a kind", async () => {
    const text = await kube.run("explain deployment.spec.replicas");
    expect(text).toContain("FIELD: replicas <integer>");
    expect(text).toContain("Number of desired pods");
  });

  it("waits for a rollout and shows the pods that it brought", async () => {
    expect(await kube.run("rollout status deployment/web -n shop --timeout=20s")).toContain("successfully rolled out");
    const pods = await kube.run("get pods -n shop -o wide");
    expect(pods.match(/1\/1\s+Running/g)).toHaveLength(2);
    expect(pods).toContain("sim-node-1");
  });

  it("shows the columns that a real server has", async () => {
    expect(await kube.run("get deployments -n shop")).toMatch(/^web\s+2\/2\s+2\s+2\s+\d+s$/m);
    expect(await kube.run("get namespaces")).toMatch(/^shop\s+Active\s+\d+s$/m);
    expect(await kube.run("get nodes")).toMatch(/^sim-node-1\s+Ready\s+<none>\s+\d+s\s+v1\.36\.3$/m);
  });

  it("describes an object with what hangs on it", async () => {
    const text = await kube.run("describe deployment web -n shop");
    expect(text).toContain("2 desired | 2 updated | 2 total | 2 available | 0 unavailable");
    expect(text).toMatch(/NewReplicaSet:\s+web-\S+ \(2\/2 replicas created\)/);
  });

  it("applies from the client: created, unchanged, configured", async () => {
    const results = [];
    for (const color of ["red", "red", "blue"]) results.push(await kube.run("apply -f -", { stdin: settings(color) }));
    expect(results.map((line) => line.trim())).toEqual([
      "configmap/settings created",
      "configmap/settings unchanged",
      "configmap/settings configured",
    ]);
  });

  it("shows a difference before it applies", async () => {
    const text = await kube.fail("diff -f -", { stdin: settings("green") });
    expect(text).toMatch(/^-\s+color: blue$/m);
    expect(text).toMatch(/^\+\s+color: green$/m);
    expect(await kube.run("get configmap settings -n shop -o jsonpath={.data.color}")).toBe("blue");
  });

  it("applies on the server, with conflicts and by force", async () => {
    const refused = await kube.fail("apply --server-side --field-manager=other -f -", { stdin: settings("green") });
    expect(refused).toContain('conflict with "kubectl-client-side-apply" using v1: .data.color');
    const command = "apply --server-side --force-conflicts --field-manager=other -f -";
    expect(await kube.run(command, { stdin: settings("green") })).toContain("configmap/settings serverside-applied");
    expect(await kube.run("get configmap settings -n shop -o jsonpath={.data.color}")).toBe("green");
  });

  it("refuses an unknown field as strict validation asks", async () => {
    const text = await kube.fail("apply -f -", { stdin: settings("red").replace('"data"', '"dta"') });
    expect(text).toContain('unknown field "dta"');
  });

  it("labels and annotates", async () => {
    await kube.run("label configmap settings -n shop tier=front");
    await kube.run("annotate configmap settings -n shop note=hello");
    expect(await kube.run("get configmaps -n shop -l tier=front -o name")).toBe("configmap/settings\n");
    expect(await kube.run("get configmap settings -n shop -o jsonpath={.metadata.annotations.note}")).toBe("hello");
  });

  it("patches in three ways", async () => {
    await kube.run(`patch deployment web -n shop --type=merge -p {"spec":{"minReadySeconds":1}}`);
    await kube.run(`patch deployment web -n shop --type=json -p [{"op":"remove","path":"/spec/minReadySeconds"}]`);
    const container = `{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"nginx:2"}]}}}}`;
    await kube.run(`patch deployment web -n shop -p ${container}`);
    const path =
      "jsonpath={.spec.minReadySeconds}|{.spec.template.spec.containers[*].image}|{.spec.template.spec.containers[0].ports[0].containerPort}";
    expect(await kube.run(`get deployment web -n shop -o ${path}`)).toBe("|nginx:2|80");
  });

  it("edits with an editor", async () => {
    await kube.run("edit configmap settings -n shop", { env: { KUBE_EDITOR: "sed -i s/green/yellow/" } });
    expect(await kube.run("get configmap settings -n shop -o jsonpath={.data.color}")).toBe("yellow");
  });

  it("scales, and waits until it is so", async () => {
    await kube.run("scale deployment web -n shop --replicas=3");
    await kube.run("wait deployment/web -n shop --for=jsonpath={.status.readyReplicas}=3 --timeout=20s");
    await kube.run("rollout status deployment/web -n shop --timeout=20s");
    expect((await kube.run("get pods -n shop -l app=web -o name")).trim().split("\n")).toHaveLength(3);
  });

  it("restarts and undoes a rollout", async () => {
    await kube.run("rollout restart deployment/web -n shop");
    await kube.run("rollout status deployment/web -n shop --timeout=20s");
    await kube.run("rollout undo deployment/web -n shop");
    await kube.run("rollout status deployment/web -n shop --timeout=20s");
    expect(await kube.run("rollout history deployment/web -n shop")).toMatch(/^4\s/m);
  });

  it("watches changes as they come", async () => {
    const watching = kube.run("get configmaps -n shop -l watched=yes -o name -w --request-timeout=3s");
    await kube.run("create configmap seen -n shop --from-literal=a=b");
    await kube.run("label configmap seen -n shop watched=yes");
    await kube.run("label configmap seen -n shop more=yes");
    expect(await watching).toBe("configmap/seen\nconfigmap/seen\n");
  });

  it("says who one is and what one may", async () => {
    expect(await kube.run("auth whoami")).toContain("system:masters");
    expect(await kube.run("auth can-i delete pods")).toBe("yes\n");
    expect(await kube.fail("auth can-i delete pods --as=jane")).toBe("no\n");
    await kube.run("create clusterrolebinding jane --clusterrole=view --user=jane");
    expect(await kube.run("auth can-i list pods --as=jane")).toBe("yes\n");
    expect(await kube.fail("get secrets -n shop --as=jane")).toContain(
      'secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" in the namespace "shop"',
    );
  });

  it("creates what typed clients send as protobuf", async () => {
    await kube.run("create deployment api -n shop --image=api:1 --replicas=1 --port=8080");
    await kube.run("expose deployment api -n shop --port=80 --target-port=8080");
    await kube.run("create secret generic key -n shop --from-literal=token=secret");
    await kube.run("create job once -n shop --image=task:1");
    await kube.run("wait job/once -n shop --for=condition=Complete --timeout=20s");
    const path = "jsonpath={.spec.template.spec.containers[0].ports[0].containerPort}";
    expect(await kube.run(`get deployment api -n shop -o ${path}`)).toBe("8080");
    expect(await kube.run("get secret key -n shop -o jsonpath={.data.token}")).toBe("c2VjcmV0");
  });

  it("deletes an object and what it owns", async () => {
    await kube.run("delete deployment api -n shop --cascade=foreground --timeout=20s");
    expect(await kube.run("get replicasets,pods -n shop -l app=api -o name")).toBe("");
  });

  it("deletes a namespace with everything in it", async () => {
    await kube.run("delete namespace shop --timeout=30s");
    expect(await kube.fail("get deployment web -n shop")).toContain('namespaces "shop" not found');
    expect(await kube.fail("create configmap late -n shop")).toContain('namespaces "shop" not found');
  });
});
