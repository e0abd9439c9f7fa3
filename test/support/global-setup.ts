import type { TestProject } from "vitest/node";
import { findOrBuildBinaries } from "../kube/binaries.ts";
import { type RigHost, startRigHost } from "./rig-host.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the rig's host listens. */
    rigUrl: string;
  }
}

/** The one host of this process; vitest loads this file once per project, so a module variable would be one per project. */
interface SharedHost {
  host: Promise<PreparedHost>;
  users: number;
}

interface PreparedHost extends RigHost {
  /** Names of programs that are missing. */
  readonly missing: readonly string[];
}

const hostKey = Symbol.for("drover.test.rig-host");
const shared: Record<symbol, SharedHost | undefined> = globalThis;

/** Makes sure, before any test's time runs, that Kubernetes' programs are there where they can be, and offers the shared rig. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared[hostKey] ??= { host: prepareHost(), users: 0 };
  const entry = shared[hostKey];
  entry.users += 1;
  const host = await entry.host;
  project.provide("rigUrl", host.url);
  return async () => {
    entry.users -= 1;
    if (entry.users > 0) return;
    shared[hostKey] = undefined;
    await host[Symbol.asyncDispose]();
    if (host.missing.length === 0) return;
    process.stderr.write(
      `\nNOT EVERYTHING WAS TESTED: ${host.missing.join(", ")} missing, see above; such tests were skipped.\n`,
    );
  };
}

async function prepareHost(): Promise<PreparedHost> {
  const { missing } = await findOrBuildBinaries();
  return { ...(await startRigHost()), missing: missing.map(({ name }) => name) };
}
