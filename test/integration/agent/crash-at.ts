import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect } from "vitest";
import type { Step } from "../../../agent/reconcile/step-observer.ts";
import { sharedCluster } from "../../support/kube.ts";
import type { AgentRig } from "./agent-rig.ts";

const program = join(import.meta.dirname, "crashing-agent.ts");

/** Runs an agent as a process until it kills itself at the step, for an object or bundle that fits the pattern. */
export async function crashAt(rig: AgentRig, step: Step, pattern = ""): Promise<void> {
  const { kubeconfigPath } = await sharedCluster();
  const config = JSON.stringify({ ...rig.config, kubeconfig: kubeconfigPath });
  const child = spawn(process.execPath, [program, config, step, pattern], { stdio: ["ignore", "ignore", "inherit"] });
  const signal = await new Promise<NodeJS.Signals | null>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`the step ${step} was not reached`));
    }, 30_000);
    child.on("exit", (_code, by) => {
      clearTimeout(timer);
      resolve(by);
    });
  });
  expect(signal).toBe("SIGKILL");
}
