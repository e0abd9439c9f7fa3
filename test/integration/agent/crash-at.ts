import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import type { Step, StepObserver } from "../../../agent/reconcile/step-observer.ts";
import { sharedCluster } from "../../support/kube.ts";
import { openTcpGate } from "../../support/tcp-gate.ts";
import type { AgentRig, StartOptions } from "./agent-rig.ts";

const program = join(import.meta.dirname, "crashing-agent.ts");
const waitMs = 30_000;

/** Runs an agent as a process until it kills itself at the step, for an object or bundle that fits the pattern. */
export async function killAt(rig: AgentRig, step: Step, pattern = ""): Promise<void> {
  const { kubeconfigPath } = await sharedCluster();
  const config = JSON.stringify({ ...rig.config, kubeconfig: kubeconfigPath });
  const child = spawn(process.execPath, [program, config, step, pattern], { stdio: ["ignore", "ignore", "inherit"] });
  const signal = await new Promise<NodeJS.Signals | null>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`the step ${step} was not reached`));
    }, waitMs);
    child.on("exit", (_code, by) => {
      clearTimeout(timer);
      resolve(by);
    });
  });
  expect(signal).toBe("SIGKILL");
}

/** An agent of this process that can be cut off from everything it has effects on, in the middle of a step. */
export interface MortalAgent {
  /** Resolves when the step was reached, and with it the agent's end. */
  readonly died: Promise<void>;
  /** Cuts it off now, wherever it is, and forgets what it had in memory. */
  kill(): Promise<void>;
}

/**
 * Starts an agent that dies the first time that `dies` says so. Seen from the cluster and the hub it is a SIGKILL: no byte
 * leaves after it. What differs is only that its memory is thrown away by us; `killAt` shows the same with a process.
 */
export async function startMortal(
  rig: AgentRig,
  dies: (step: Step, about: string) => boolean,
  options: StartOptions = {},
): Promise<MortalAgent> {
  const kube = await openTcpGate(rig.cluster.url);
  const hub = await openTcpGate(rig.hub.url);
  const death = Promise.withResolvers<void>();
  let isDead = false;
  const cut = (): void => {
    isDead = true;
    kube.cut();
    hub.cut();
    death.resolve();
  };
  const onStep: StepObserver = (step, about) => {
    if (!isDead && dies(step, about)) cut();
    if (isDead) throw new Error(`the agent is dead since ${step}`);
  };
  const stop = await rig.start({ ...options, onStep, kubeUrl: kube.url, config: { ...options.config, hub: hub.url } });
  return {
    died: death.promise,
    kill: async () => {
      cut();
      await stop();
      await kube[Symbol.asyncDispose]();
      await hub[Symbol.asyncDispose]();
    },
  };
}

/** Runs an agent until it dies at the step, for an object or bundle that fits the pattern. */
export async function crashAt(rig: AgentRig, step: Step, pattern = ""): Promise<void> {
  const fits = new RegExp(pattern, "u");
  const agent = await startMortal(rig, (reached, about) => reached === step && fits.test(about));
  const late = new AbortController();
  await Promise.race([
    agent.died,
    delay(waitMs, undefined, { signal: late.signal }).then(() => {
      throw new Error(`the step ${step} was not reached`);
    }),
  ]).finally(() => late.abort());
  await agent.kill();
}
