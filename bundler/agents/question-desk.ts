import { randomUUID } from "node:crypto";
import { AppError, type ErrorCode, errorCodes, toAppError } from "../../shared/errors.ts";
import type { Answer, Reply } from "../../shared/protocol/answers.ts";
import { maxOpenQuestions, type Question } from "../../shared/protocol/questions.ts";
import type { HubMetrics, QuestionResult } from "../../shared/runtime/hub-metrics.ts";

/** One cluster, by workspace and name. */
export interface AskedCluster {
  readonly namespace: string;
  readonly name: string;
}

/** What is asked, without what the desk adds. */
export type QuestionWish = WithoutNumber<Question>;

type WithoutNumber<Q> = Q extends Question ? Omit<Q, "id"> : never;

/** One question on its way. */
export interface Asking {
  readonly cluster: AskedCluster;
  readonly wish: QuestionWish;
  /** Blobs that the agent may fetch while the question is open, by digest. */
  readonly grants?: ReadonlyMap<string, () => Promise<Uint8Array | undefined>>;
  /** Aborted when the asker goes away. */
  readonly signal?: AbortSignal;
}

/** What the desk needs to know of a cluster's agent; undefined: none has reported yet. */
export interface AgentPresence {
  readonly online: boolean;
  readonly seenMs: number;
}

/** What the desk works with. */
export interface QuestionDeskDeps {
  readonly presenceOf: (cluster: AskedCluster) => AgentPresence | undefined;
  /** Answers the cluster's held check-in. */
  readonly wake: (cluster: AskedCluster) => void;
  readonly metrics: Pick<HubMetrics, "question">;
}

/** Questions to agents, in memory only: what is open is lost with this process, and asked again. */
export interface QuestionDesk extends Disposable {
  /**
   * Returns the agent's answer. Throws AGENT_OFFLINE at once, AGENT_SILENT after the question's time, QUESTIONS_TOO_MANY,
   * or what the agent refused with.
   */
  ask(asking: Asking): Promise<Answer>;
  /** Returns the open questions of a cluster that its agent does not have yet; costs nothing when there are none. */
  openFor(cluster: AskedCluster, answering: readonly string[]): readonly Question[];
  /** The cluster's agent takes no questions: whoever waits for it is told. */
  refuseAll(cluster: AskedCluster): void;
  /** Takes an agent's reply; false: nobody waits for it. */
  take(cluster: AskedCluster, reply: Reply): boolean;
  /** Returns a blob that an open question of the cluster names. */
  granted(cluster: AskedCluster, digest: string): Promise<Uint8Array | undefined>;
}

interface Open extends Asking {
  readonly question: Question;
  readonly settle: (outcome: Answer | AppError) => void;
}

/** Returns a desk without questions; disposing ends those that are open. */
export function createQuestionDesk({ presenceOf, wake, metrics }: QuestionDeskDeps): QuestionDesk {
  const openByCluster = new Map<string, Map<string, Open>>();
  const openOf = (cluster: AskedCluster): Iterable<Open> => openByCluster.get(keyOf(cluster))?.values() ?? [];

  function requireReachable(cluster: AskedCluster): void {
    const presence = presenceOf(cluster);
    if (presence?.online === true) return;
    const message = `cluster ${cluster.name} cannot be asked: ${lastSeen(presence)}`;
    throw new AppError("AGENT_OFFLINE", message, { verdict: "stalled" });
  }

  async function ask(asking: Asking): Promise<Answer> {
    const { cluster, wish, signal } = asking;
    requireReachable(cluster);
    const key = keyOf(cluster);
    const together = openByCluster.get(key) ?? new Map<string, Open>();
    if (together.size >= maxOpenQuestions) {
      const message = `${together.size} questions to cluster ${cluster.name} are open already; ask again in a moment`;
      throw new AppError("QUESTIONS_TOO_MANY", message, { afterMs: 1000 });
    }
    const question: Question = { ...wish, id: randomUUID() };
    const { promise, resolve } = Promise.withResolvers<Answer | AppError>();
    const timer = setTimeout(() => {
      const silent = `the agent of cluster ${cluster.name} did not answer within ${wish.withinMs / 1000} s`;
      resolve(new AppError("AGENT_SILENT", `${silent}; ${lastSeen(presenceOf(cluster))}`));
    }, wish.withinMs);
    const leave = (): void => resolve(new AppError("AGENT_SILENT", "nobody waits for the answer any more"));
    signal?.addEventListener("abort", leave, { once: true });
    if (signal?.aborted === true) leave();
    openByCluster.set(key, together.set(question.id, { ...asking, question, settle: resolve }));
    wake(cluster);
    try {
      const outcome = await promise;
      if (outcome instanceof AppError) throw outcome;
      return outcome;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", leave);
      together.delete(question.id);
      if (together.size === 0) openByCluster.delete(key);
    }
  }

  return {
    ask: async (asking) => {
      try {
        const answer = await ask(asking);
        metrics.question("answered");
        return answer;
      } catch (error) {
        metrics.question(resultOf(toAppError(error).code));
        throw error;
      }
    },
    openFor: (cluster, answering) => {
      if (openByCluster.size === 0) return [];
      return [...openOf(cluster)].map(({ question }) => question).filter(({ id }) => !answering.includes(id));
    },
    refuseAll: (cluster) => {
      if (openByCluster.size === 0) return;
      const message = `the agent of cluster ${cluster.name} takes no questions: it is older than its hub; update it`;
      for (const { settle } of openOf(cluster)) settle(new AppError("QUESTION_UNKNOWN", message));
    },
    take: (cluster, reply) => {
      const open = openByCluster.get(keyOf(cluster))?.get(reply.id);
      if (open === undefined) return false;
      open.settle(outcomeOf(open, reply));
      return true;
    },
    granted: async (cluster, digest) => {
      for (const { grants } of openOf(cluster)) {
        const read = grants?.get(digest);
        if (read !== undefined) return read();
      }
      return undefined;
    },
    [Symbol.dispose]: () => {
      for (const together of openByCluster.values())
        for (const { settle } of together.values()) settle(new AppError("AGENT_SILENT", "the hub stops; ask again"));
    },
  };
}

function resultOf(code: ErrorCode): QuestionResult {
  if (code === "AGENT_OFFLINE") return "offline";
  if (code === "AGENT_SILENT") return "silent";
  return code === "QUESTIONS_TOO_MANY" ? "too-many" : "refused";
}

function lastSeen(presence: AgentPresence | undefined): string {
  if (presence === undefined) return "its agent has never reported";
  return `its agent was last seen at ${new Date(presence.seenMs).toISOString()}`;
}

function outcomeOf({ question, cluster }: Open, reply: Reply): Answer | AppError {
  if ("refusal" in reply) {
    const { code, message } = reply.refusal;
    return new AppError(isCode(code) ? code : "INTERNAL", `cluster ${cluster.name}: ${message}`);
  }
  if (reply.answer.kind === question.kind) return reply.answer;
  const strange = `cluster ${cluster.name} answered ${reply.answer.kind} to a question for ${question.kind}`;
  return new AppError("REQUEST_INVALID", strange);
}

function isCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}

function keyOf({ namespace, name }: AskedCluster): string {
  return `${namespace}/${name}`;
}
