import { randomBytes } from "node:crypto";
import { describe, inject } from "vitest";
import { z } from "zod";
import { type BinaryName, binaryNames } from "../kube/binary-recipes.ts";
import type { KubeClusterInfo } from "../kube/cluster.ts";
import { findBinary } from "../kube/find-binary.ts";
import { createKubeClient, type KubeClient } from "../kube/kube-request.ts";
import { partIsThere } from "./missing-parts.ts";
import { missingPrograms, reasonMissing } from "./missing-programs.ts";

/** A cluster that all tests of a run share; keep to namespaces of your own. It has controllers and fake nodes. */
export interface SharedCluster extends KubeClusterInfo, KubeClient {
  readonly auditLogPath: string;
}

/** A namespace for one test. */
export interface TestNamespace extends AsyncDisposable {
  readonly name: string;
}

const clusterInfo = z.object({
  name: z.string(),
  url: z.string(),
  token: z.string(),
  caCert: z.string(),
  kubeconfig: z.string(),
  kubeconfigPath: z.string(),
  auditLogPath: z.string().optional(),
});

/** Returns the cluster of this run, starting it when nobody has asked before. */
export async function sharedCluster(): Promise<SharedCluster> {
  const { auditLogPath, ...info } = await askRig("/cluster");
  if (auditLogPath === undefined) throw new Error("the shared cluster has no audit log");
  return { ...info, auditLogPath, ...createKubeClient(info) };
}

/** Returns the API server of this run that has no controllers: nobody but the tests changes objects. Names are shared too. */
export async function sharedBareCluster(): Promise<KubeClient> {
  return createKubeClient(await askRig("/bare-cluster"));
}

async function askRig(path: string): Promise<z.infer<typeof clusterInfo>> {
  const answer = await fetch(`${inject("rigUrl")}${path}`);
  if (!answer.ok) throw new Error(`the shared cluster did not start: ${await answer.text()}`);
  return clusterInfo.parse(await answer.json());
}

/** Creates a namespace with a random name; disposing asks for its deletion and does not wait for it. */
export async function createTestNamespace(cluster: KubeClient, prefix = "test"): Promise<TestNamespace> {
  const name = `${prefix}-${randomBytes(4).toString("hex")}`;
  const answer = await cluster.request("/api/v1/namespaces", { method: "POST", body: { metadata: { name } } });
  if (answer.status !== 201) throw new Error(`cannot create namespace ${name}: ${answer.status} ${answer.text}`);
  return {
    name,
    [Symbol.asyncDispose]: async () => {
      await cluster.request(`/api/v1/namespaces/${name}`, { method: "DELETE" });
    },
  };
}

/** Tells whether all of these programs are there; where not, tests are to be skipped – or, with `CI=true`, it throws. */
export async function havePrograms(...names: readonly BinaryName[]): Promise<boolean> {
  return partIsThere(names.join(", "), reasonMissing(await missingPrograms(names)));
}

const everythingIsThere = await havePrograms(...binaryNames);

/** A `describe` for tests against real API servers: skipped where Kubernetes' programs are missing, failing then in CI. */
export const describeWithKube = everythingIsThere ? describe : describe.skip;

/** Returns the path of a program; throws where it is missing. Meant for blocks of `describeWithKube`. */
export async function programPath(name: BinaryName): Promise<string> {
  const path = await findBinary(name);
  if (path === undefined) throw new Error(`${name} is missing; 'node test/kube/build.ts' says why`);
  return path;
}
