import { clusterOfStep } from "./cluster-of-step.ts";
import { isAgentStopped, readFleetAgent } from "./fleet-agent.ts";
import { stoppedAnnotation } from "./import-marks.ts";
import { type ImportStep, mergePatch } from "./import-steps.ts";
import type { Stopped } from "./migration-state.ts";
import { waitUntilNone } from "./wait-until-none.ts";

/** Scales Fleet's agent of one cluster to 0 and waits until its pods are gone. */
export const stepStopAgent: ImportStep = async (step) => {
  const { context, fleet, dryRun } = step;
  const { id, client, agent, state, path } = await clusterOfStep(step, "stop-agent");
  for (const other of state.others)
    context.printError(`warning: ${other} is of no GitRepo, of a HelmOp for one: it gets no more changes there`);
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
  if (running.length > 0 || state.stopped === undefined) {
    const stopped: Stopped = {
      time: new Date(context.nowMs()).toISOString(),
      replicas: Object.fromEntries(running.map(({ kind, id: name, replicas }) => [`${kind} ${name}`, replicas])),
      deployments: state.deployments.map((deployment) => deployment.id),
    };
    await mergePatch(fleet, path, { metadata: { annotations: { [stoppedAnnotation]: JSON.stringify(stopped) } } });
  }
  context.print(`Fleet's agent on ${id} is stopped`);
  return 0;
};
