import { describeEntry, entryOf } from "../../shared/drift/inventory-entry.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { AppError } from "../../shared/errors.ts";
import { assessHook } from "../../shared/status/health/assess-hook.ts";
import { targetOf } from "../kube/kube-client.ts";
import { checkDeployment, type Touched } from "./check-deployment.ts";
import { explainProblems } from "./explain-problems.ts";
import type { HookRun } from "./hook-run.ts";
import { waitMsOf } from "./hook-timeout.ts";
import type { Pass } from "./pass.ts";

const pollMs = 1000;

/** Objects that a message names; the status lists them as well. */
const maxNamed = 5;

/**
 * With `helm.timeoutSeconds` or `helm.atomic` a deployment counts as applied, and its hooks after the objects run, once these
 * are ready (`waitForJobs`: Jobs complete as well). Returns when to look again, undefined when nothing is waited for. Throws
 * `WAIT_TIMEOUT`, naming what is not ready, when it takes too long, and goes on all the same once it is.
 */
export async function waitForObjects(pass: Pass, run: HookRun, touched: Touched): Promise<number | undefined> {
  const { rendered, record, deps } = pass;
  const timeoutMs = waitMsOf(rendered.options);
  if (timeoutMs === 0 || run.done.length > 0 || run.current !== undefined || run.failures > 0) return undefined;
  await checkDeployment(pass, record.compared ? touched : "all");
  await explainProblems(pass);
  const waiting = [...record.notReady.values()].map((problem) => `${describeEntry(problem)}: ${problem.message}`);
  if (rendered.options.helm?.waitForJobs === true) waiting.push(...(await unfinishedJobs(pass)));
  if (waiting.length === 0) return undefined;
  if (deps.clock.ageMs(run.since) <= timeoutMs) return pollMs;
  const more = waiting.length > maxNamed ? `, and ${waiting.length - maxNamed} more` : "";
  const message = `not ready within ${timeoutMs / 1000} s: ${waiting.slice(0, maxNamed).join("; ")}${more}`;
  throw new AppError("WAIT_TIMEOUT", message, { verdict: "waiting", afterMs: 5000 });
}

async function unfinishedJobs(pass: Pass): Promise<string[]> {
  const jobs = pass.objects.filter(({ kind, apiVersion }) => kind === "Job" && apiVersion.startsWith("batch/"));
  const unfinished: string[] = [];
  for (const job of jobs) {
    const live = await readJob(pass, job);
    if (live === undefined || assessHook(live).type !== "succeeded")
      unfinished.push(`${describeEntry(entryOf(job))}: not complete`);
  }
  return unfinished;
}

async function readJob({ deps, client }: Pass, job: KubeObject): Promise<KubeObject | undefined> {
  const resource = await deps.discovery.resolve(job.apiVersion, job.kind);
  return resource === undefined ? undefined : client.get(targetOf(resource, job));
}
