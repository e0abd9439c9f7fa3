import { describeEntry, objectKey } from "../../shared/drift/inventory-entry.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { AppError } from "../../shared/errors.ts";
import { assessHook } from "../../shared/status/health/assess-hook.ts";
import { targetOf } from "../kube/kube-client.ts";
import { checkDeployment, type Touched } from "./check-deployment.ts";
import type { HookRun } from "./hook-run.ts";
import type { Pass } from "./pass.ts";

const pollMs = 1000;

/**
 * With `helm.timeoutSeconds` the hooks after the objects wait until these are ready (`waitForJobs`: Jobs complete as well).
 * Returns when to look again, undefined when nothing is waited for. Throws `WAIT_TIMEOUT` when it takes too long, and goes on
 * all the same once they are ready.
 */
export async function waitForObjects(pass: Pass, run: HookRun, touched: Touched): Promise<number | undefined> {
  const { rendered, record, deps } = pass;
  const { timeoutSeconds = 0, waitForJobs = false } = rendered.options.helm ?? {};
  if (timeoutSeconds <= 0 || run.done.length > 0 || run.current !== undefined || run.failures > 0) return undefined;
  await checkDeployment(pass, record.compared ? touched : "all");
  const waiting = [...record.notReady.values()].map((problem) => `${describeEntry(problem)}: ${problem.message}`);
  if (waitForJobs) waiting.push(...(await unfinishedJobs(pass)));
  const [first] = waiting;
  if (first === undefined) return undefined;
  if (deps.clock.now() - Date.parse(run.since) <= timeoutSeconds * 1000) return pollMs;
  const message = `not ready within ${timeoutSeconds} s, so that the hooks after them wait: ${first}`;
  throw new AppError("WAIT_TIMEOUT", message, { verdict: "waiting", afterMs: 5000 });
}

async function unfinishedJobs(pass: Pass): Promise<string[]> {
  const jobs = pass.objects.filter(({ kind, apiVersion }) => kind === "Job" && apiVersion.startsWith("batch/"));
  const unfinished: string[] = [];
  for (const job of jobs) {
    const live = await readJob(pass, job);
    if (live === undefined || assessHook(live).type !== "succeeded") unfinished.push(`${objectKey(job)}: not complete`);
  }
  return unfinished;
}

async function readJob({ deps, client }: Pass, job: KubeObject): Promise<KubeObject | undefined> {
  const resource = await deps.discovery.resolve(job.apiVersion, job.kind);
  return resource === undefined ? undefined : client.get(targetOf(resource, job));
}
