import { clusterOfStep } from "./cluster-of-step.ts";
import { isAgentStopped, readFleetAgent } from "./fleet-agent.ts";
import { stoppedAnnotation } from "./import-marks.ts";
import { type ImportStep, mergePatch } from "./import-steps.ts";
import { waitUntilNone } from "./wait-until-none.ts";

/** Scales Fleet's agent of one cluster to 0 and waits until its pods are gone. */
export const stepStopAgent: ImportStep = async (step) => {
  const { context, fleet, dryRun } = step;
  const { id, client, agent, state, path } = await clusterOfStep(step, "stop-agent");
  const running = agent.workloads.filter(({ replicas }) => replicas !== 0);
  for (const workload of running) {
    context.print(
      `${workload.kind} ${workload.id}: ${dryRun ? "would be scaled" : "scaled"} from ${workload.replicas} to 0`,
    );
    if (!dryRun) await mergePatch(client, `${workload.path}/scale`, { spec: { replicas: 0 } });
  }
  if (dryRun) return 0;
  await waitUntilNone(
    `Fleet's agent on ${id} is gone`,
    async () => {
      const now = await readFleetAgent(client, id);
      if (isAgentStopped(now)) return [];
      const unscaled = now.workloads.filter(({ replicas }) => replicas !== 0);
      return [
        ...unscaled.map((workload) => `${workload.kind} ${workload.id} was scaled up again: somebody else manages it`),
        ...now.pods.map((pod) => `pod ${pod}`),
      ];
    },
    step,
  );
  if (running.length > 0 || !state.stoppedOnce) {
    const before = Object.fromEntries(
      running.map((workload) => [`${workload.kind} ${workload.id}`, workload.replicas]),
    );
    const stopped = JSON.stringify({ time: new Date(context.nowMs()).toISOString(), replicas: before });
    await mergePatch(fleet, path, { metadata: { annotations: { [stoppedAnnotation]: stopped } } });
  }
  context.print(`Fleet's agent on ${id} is stopped`);
  return 0;
};
