import { stableJson } from "../../codec/stable-hash.ts";
import { backoffMs } from "../../shared/backoff.ts";
import { toAppError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { DeploymentStatus } from "../../shared/protocol/deployment-status.ts";

/** One message to the hub. */
export interface Report {
  /** `statuses` is the whole picture. */
  readonly full: boolean;
  readonly statuses: readonly DeploymentStatus[];
  readonly gone: readonly string[];
}

/** Reports what changed, gathered for a moment, again and again until the hub has it. */
export interface StatusReporter extends AsyncDisposable {
  reportStatus(status: DeploymentStatus): void;
  /** A deployment's removal is finished. */
  reportGone(bundle: string): void;
  /** The next message is the whole picture. */
  reportAll(): void;
  /** Tries again now: the hub answered something else. */
  retryNow(): void;
}

/** What the reporter needs. */
export interface StatusReporterDeps {
  readonly send: (report: Report) => Promise<void>;
  readonly log: Logger;
  /** How long changes are gathered before they are sent. */
  readonly coalesceMs: number;
}

/** Returns a running reporter. */
export function createStatusReporter(deps: StatusReporterDeps): StatusReporter {
  const current = new Map<string, DeploymentStatus>();
  const acknowledged = new Map<string, string>();
  const changed = new Set<string>();
  const gone = new Set<string>();
  let full = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;
  let ended = false;

  function schedule(afterMs: number): void {
    if (ended || timer !== undefined || sending !== undefined) return;
    if (changed.size === 0 && gone.size === 0 && !full) return;
    timer = setTimeout(() => {
      timer = undefined;
      sending = flush().finally(() => {
        sending = undefined;
        schedule(failures === 0 ? deps.coalesceMs : backoffMs(failures, { baseMs: 500, maxMs: 60_000 }));
      });
    }, afterMs);
  }

  async function flush(): Promise<void> {
    const wasFull = full;
    const bundles = wasFull ? [...current.keys()] : [...changed];
    const statuses = bundles.flatMap((bundle) => current.get(bundle) ?? []);
    const leaving = [...gone];
    // Until it is answered, and where the answer is lost, nobody knows what the hub has: even what it had before is news.
    for (const { bundle } of statuses) acknowledged.delete(bundle);
    full = false;
    changed.clear();
    gone.clear();
    try {
      await deps.send({ full: wasFull, statuses, gone: leaving });
      for (const status of statuses) acknowledged.set(status.bundle, essence(status));
      failures = 0;
    } catch (error) {
      failures++;
      full ||= wasFull;
      for (const { bundle } of statuses) if (current.has(bundle)) changed.add(bundle);
      for (const bundle of leaving) if (!current.has(bundle)) gone.add(bundle);
      const fault = toAppError(error);
      deps.log.debug({ code: fault.code, failures }, "status not delivered yet");
    }
  }

  return {
    reportStatus: (status) => {
      const { bundle } = status;
      current.set(bundle, status);
      gone.delete(bundle);
      if (acknowledged.get(bundle) === essence(status)) changed.delete(bundle);
      else changed.add(bundle);
      schedule(deps.coalesceMs);
    },
    reportGone: (bundle) => {
      current.delete(bundle);
      changed.delete(bundle);
      acknowledged.delete(bundle);
      gone.add(bundle);
      schedule(deps.coalesceMs);
    },
    reportAll: () => {
      full = true;
      schedule(0);
    },
    retryNow: () => {
      if (failures === 0) return;
      failures = 0;
      clearTimeout(timer);
      timer = undefined;
      schedule(0);
    },
    [Symbol.asyncDispose]: async () => {
      ended = true;
      clearTimeout(timer);
      await sending;
    },
  };
}

/** An error that merely happened again is no news. */
function essence(status: DeploymentStatus): string {
  const { error, ...rest } = status;
  return stableJson(error === undefined ? rest : { ...rest, error: { code: error.code, message: error.message } });
}
