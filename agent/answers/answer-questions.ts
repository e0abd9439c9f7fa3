import { AppError, toAppError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import type { Answer, Reply } from "../../shared/protocol/answers.ts";
import {
  maxAnswerBytes,
  maxOpenQuestions,
  questionSchema,
  type Question,
  type QuestionKind,
  type SentQuestions,
} from "../../shared/protocol/questions.ts";
import { fitAnswer } from "./fit-answer.ts";

/** Answers what the hub asks, a few questions at a time. Disposing waits for those under way. */
export interface QuestionAnswerer extends AsyncDisposable {
  /** Begins to answer; a question that is answered already is left out. */
  take(questions: SentQuestions["questions"]): void;
  /** Returns the ids of the questions that the hub need not send again. */
  answering(): readonly string[];
}

/** What answering needs. */
export interface QuestionAnswererDeps {
  /** Whether this agent's settings allow a kind of question. */
  readonly allows: (kind: QuestionKind) => boolean;
  /** Returns the answer; throws why there is none. Nothing in the cluster changes by it. */
  readonly answer: (question: Question, signal: AbortSignal) => Promise<Answer>;
  /** Sends a reply; false: nobody waits for it any more. */
  readonly send: (reply: Reply) => Promise<boolean>;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Questions answered side by side: the rest of the agent's work goes on meanwhile. */
const parallelAnswers = 2;

/** Returns an answerer that has not been asked anything. */
export function createQuestionAnswerer(deps: QuestionAnswererDeps): QuestionAnswerer {
  const taken = new Map<string, NodeJS.Timeout | undefined>();
  const waiting: (() => Promise<void>)[] = [];
  const working = new Set<Promise<void>>();

  function next(): void {
    while (working.size < parallelAnswers) {
      const work = waiting.shift();
      if (work === undefined) return;
      const done = work().finally(() => {
        working.delete(done);
        next();
      });
      working.add(done);
    }
  }

  /** Until its time is over the hub may send it again: it is not answered twice. */
  function remember(id: string, withinMs: number): void {
    taken.set(id, setTimeout(() => taken.delete(id), withinMs).unref());
  }

  async function reply(id: string, said: Reply): Promise<void> {
    try {
      if (await deps.send(said)) {
        clearTimeout(taken.get(id));
        taken.delete(id);
      }
    } catch (error) {
      deps.log.warn({ err: toAppError(error), question: id }, "answer could not be sent");
    }
  }

  async function answerOne(question: Question, signal: AbortSignal): Promise<void> {
    const { id, kind, asker } = question;
    const about = { question: kind, asker, ...subjectOf(question) };
    const startMs = performance.now();
    let said: Reply;
    try {
      signal.throwIfAborted();
      if (!deps.allows(kind)) throw turnedOff(kind);
      const answer = fitAnswer(await deps.answer(question, signal), maxAnswerBytes);
      said = { id, answer };
      deps.log.info({ ...about, durationMs: Math.round(performance.now() - startMs) }, "question answered");
    } catch (error) {
      if (signal.aborted) {
        deps.log.info(about, "question took too long: nobody waits any more");
        return;
      }
      const fault = toAppError(error);
      const { code } = fault;
      // Its stack is for this log only.
      const message = code === "INTERNAL" ? "the agent failed to answer; its log tells more" : fault.message;
      said = { id, refusal: { code, message } };
      if (code === "INTERNAL") deps.log.error({ ...about, err: fault }, "question failed");
      else deps.log.info({ ...about, code, refusal: message }, "question refused");
    }
    if (!deps.signal.aborted) await reply(id, said);
  }

  return {
    answering: () => [...taken.keys()],
    take: (questions) => {
      for (const sent of questions.slice(0, maxOpenQuestions)) {
        if (taken.has(sent.id)) continue;
        const parsed = questionSchema.safeParse(sent);
        const withinMs = parsed.success ? parsed.data.withinMs : unknownKeptMs;
        remember(sent.id, withinMs);
        // It waits in line as well as for its answer.
        const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(withinMs)]);
        waiting.push(() => (parsed.success ? answerOne(parsed.data, signal) : reply(sent.id, unknown(sent))));
      }
      next();
    },
    [Symbol.asyncDispose]: async () => {
      waiting.length = 0;
      for (const timer of taken.values()) clearTimeout(timer);
      await Promise.all(working);
    },
  };
}

/** The agent's switches, one for each kind of question. */
export interface AnswerSwitches {
  readonly answerDiff: boolean;
  readonly answerEvents: boolean;
  readonly answerInventory: boolean;
  readonly answerLogs: boolean;
  readonly answerObject: boolean;
  readonly answerPlan: boolean;
}

const switches = {
  diff: "answerDiff",
  events: "answerEvents",
  inventory: "answerInventory",
  logs: "answerLogs",
  object: "answerObject",
  plan: "answerPlan",
} as const satisfies Record<QuestionKind, keyof AnswerSwitches>;

/** Returns whether the settings allow a kind of question. */
export function allowsQuestion(settings: AnswerSwitches, kind: QuestionKind): boolean {
  return settings[switches[kind]];
}

const unknownKeptMs = 10_000;

function unknown({ id, kind }: SentQuestions["questions"][number]): Reply {
  const message = `this agent does not know such a question (${kind}): it is older than its hub; update it`;
  return { id, refusal: { code: "QUESTION_UNKNOWN", message } };
}

function turnedOff(kind: QuestionKind): AppError {
  const message = `questions for ${kind} are turned off in the agent's settings (${switches[kind]}, AGENT_ANSWER_${kind.toUpperCase()})`;
  return new AppError("ANSWER_REFUSED", message, { verdict: "stalled" });
}

/** What a question is about, for the log. */
function subjectOf(question: Question): Readonly<Record<string, unknown>> {
  if (question.kind === "plan") {
    return { bundles: question.deployments.map(({ bundle }) => bundle), remove: question.remove };
  }
  const object = "object" in question ? question.object : undefined;
  return { bundle: question.bundle, ...(object === undefined ? {} : { object }) };
}
