import type { Answer, PlannedDeployment, Reply } from "../../../shared/protocol/answers.ts";
import { type AgentRig, createAgentRig, type StartOptions } from "./agent-rig.ts";
import { sharedCluster } from "../../support/kube.ts";
import type { ScriptedBundle } from "./scripted-hub.ts";

/** Returns the answer of a kind; throws what was said instead. */
export function answerOf<K extends Answer["kind"]>(reply: Reply, kind: K): Extract<Answer, { readonly kind: K }> {
  if (!("answer" in reply)) throw new Error(`refused: ${JSON.stringify(reply.refusal)}`);
  const { answer } = reply;
  const fits = (one: Answer): one is Extract<Answer, { readonly kind: K }> => one.kind === kind;
  if (!fits(answer)) throw new Error(`another answer: ${answer.kind}`);
  return answer;
}

/** Returns why there is no answer; throws the answer. */
export function refusalOf(reply: Reply): { readonly code: string; readonly message: string } {
  if ("refusal" in reply) return reply.refusal;
  throw new Error(`not refused: ${JSON.stringify(reply.answer)}`);
}

/** Starts an agent that has applied one bundle `team/web` of these files. */
export async function aReadyRig(files: Readonly<Record<string, string>>, start: StartOptions = {}): Promise<AgentRig> {
  const rig = await createAgentRig(await sharedCluster());
  await rig.start(start);
  const options = { defaultNamespace: rig.namespace };
  rig.hub.publish({ bundles: [{ bundle: "team/web", files, options }] });
  await rig.state("team/web", "Ready");
  return rig;
}

/** Returns what the agent says that bundles would change, and `remove` would take away. */
export async function planOf(
  rig: AgentRig,
  bundles: readonly ScriptedBundle[],
  remove: readonly string[] = [],
): Promise<readonly PlannedDeployment[]> {
  const deployments = bundles.map((bundle) =>
    rig.hub.deploymentOf({ ...bundle, options: { defaultNamespace: rig.namespace, ...bundle.options } }),
  );
  return answerOf(await rig.hub.ask({ kind: "plan", deployments, remove }), "plan").deployments;
}
