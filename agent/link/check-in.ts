import { setTimeout as delay } from "node:timers/promises";
import { backoffMs } from "../../shared/backoff.ts";
import { toAppError, type AppError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { DesiredDocument } from "../../shared/protocol/desired-document.ts";
import type { SentQuestions } from "../../shared/protocol/questions.ts";
import type { CheckInRequest } from "../../shared/protocol/routes.ts";
import { limitLines } from "../limit-lines.ts";
import type { Following } from "./accept-document.ts";
import type { HubClient } from "./hub-client.ts";
import type { Report } from "./report-status.ts";

/** The agent's conversation with its hub. */
export interface HubLink {
  /** Asks for news again and again, held by the hub until there are any, until the signal is aborted. */
  run(): Promise<void>;
  /** Sends a report at once, beside the request that is held. */
  send(report: Report): Promise<void>;
}

/** What the link needs. */
export interface HubLinkDeps {
  readonly hub: HubClient;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly version: string;
  readonly kubeVersion: () => string | undefined;
  /** Returns the tag of the document in use. */
  readonly tag: () => string | undefined;
  /** Returns which store is followed, and the highest revision of it that was used: -1 for none. */
  readonly follows: () => Following;
  /** Returns the names of all deployments in the agent's inventories. */
  readonly holds: () => string[];
  /** Takes a document into use; throws `DOCUMENT_REFUSED`, and then nothing has changed. */
  readonly accept: (document: DesiredDocument) => Promise<void>;
  /** Returns the ids of the questions that are being answered. */
  readonly answering: () => readonly string[];
  /** The hub asks something. */
  readonly onQuestions: (questions: SentQuestions["questions"]) => void;
  /** The hub answered properly. */
  readonly onAnswer: () => void;
  /** The hub does not know the credential (any more). */
  readonly onUnauthorized: () => Promise<void>;
  /** How long the hub may hold a request. */
  readonly waitMs: number;
  /** How time passes; default: as it does. */
  readonly time?: LinkTime;
}

/** Time as the link lives through it. */
export interface LinkTime {
  /** Milliseconds that only rise. */
  elapsed(): number;
  /** Resolves after so many milliseconds, or once the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

const realTime: LinkTime = {
  elapsed: () => performance.now(),
  sleep: async (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};

/** A request that was answered without news sooner than this was not held. */
const minPollMs = 1000;

/** After so many failures, some two hours, the hub is asked more seldom: nobody waits for the second. */
const manyFailures = 1000;
const longAwayMs = 30_000;

/** Returns the link; nothing is sent before `run` or `send`. */
export function createHubLink(deps: HubLinkDeps): HubLink {
  const { hub, log, signal, time = realTime } = deps;
  let lastError: AppError | undefined;
  /** While the hub is away the log says so once a minute, also where it comes and goes. */
  const mayLog = limitLines(time.elapsed);

  /** Returns whether the hub had news; it is told what is being answered only in the request that it may hold. */
  async function checkIn(report: Report, waitMs: number, answering?: readonly string[]): Promise<boolean> {
    const tag = deps.tag();
    const follows = deps.follows();
    const kubeVersion = deps.kubeVersion();
    const request: CheckInRequest = {
      ...(tag === undefined ? {} : { tag }),
      ...(follows.revision < 0 ? {} : { follows }),
      waitMs,
      holds: deps.holds(),
      full: report.full,
      statuses: [...report.statuses],
      ...(report.gone.length === 0 ? {} : { gone: [...report.gone] }),
      ...(answering === undefined ? {} : { answering: [...answering] }),
      agent: {
        version: deps.version,
        ...(kubeVersion === undefined ? {} : { kubeVersion }),
        ...(lastError === undefined ? {} : { lastError: `${lastError.code}: ${lastError.message}` }),
      },
    };
    const news = await hub.checkIn(request, signal);
    if (news !== undefined) {
      if ("questions" in news) deps.onQuestions(news.questions);
      else await acceptUnlessOvertaken(news, tag);
    }
    lastError = undefined;
    deps.onAnswer();
    return news !== undefined;
  }

  /** An answer to one request may arrive after a newer one to the other: that is no fault of the hub. */
  async function acceptUnlessOvertaken(document: DesiredDocument, askedWith: string | undefined): Promise<void> {
    try {
      await deps.accept(document);
    } catch (error) {
      if (deps.tag() === askedWith) throw error;
      log.debug({ err: toAppError(error) }, "answer was overtaken by a newer one");
    }
  }

  function note(fault: AppError, failures: number): void {
    lastError = fault;
    if (mayLog(fault.code))
      log.warn({ code: fault.code, err: fault, failures }, "check-in failed, going on with what is known");
  }

  return {
    send: async (report) => {
      try {
        await checkIn(report, 0);
      } catch (error) {
        // What was reported has arrived, whatever came back with the answer.
        const fault = toAppError(error);
        if (fault.code !== "DOCUMENT_REFUSED") throw fault;
        note(fault, 1);
      }
    },
    run: async () => {
      let failures = 0;
      while (!signal.aborted) {
        try {
          // The first answer after a fault comes at once: it carries the fault to the hub.
          const waitMs = lastError === undefined ? deps.waitMs : 0;
          const startMs = time.elapsed();
          const news = await checkIn({ full: false, statuses: [], gone: [] }, waitMs, deps.answering());
          // A hub (or a proxy) that does not hold requests must not be asked in a circle.
          const leftMs = news || waitMs === 0 ? 0 : Math.min(waitMs, minPollMs) - (time.elapsed() - startMs);
          if (leftMs > 0) await time.sleep(leftMs, signal);
          if (failures > 0) log.info({ failures }, "hub answers again");
          failures = 0;
        } catch (error) {
          if (signal.aborted) return;
          const fault = toAppError(error);
          note(fault, ++failures);
          if (fault.code === "HUB_UNAUTHORIZED") await deps.onUnauthorized();
          const maxMs = failures > manyFailures ? longAwayMs : 10_000;
          const waitMs = Math.max(fault.afterMs ?? 0, backoffMs(failures, { baseMs: 250, maxMs }));
          await time.sleep(waitMs, signal);
        }
      }
    },
  };
}
