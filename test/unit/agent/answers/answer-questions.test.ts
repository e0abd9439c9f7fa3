import { describe, expect, it, vi } from "vitest";
import { allowsQuestion, createQuestionAnswerer } from "../../../../agent/answers/answer-questions.ts";
import { AppError } from "../../../../shared/errors.ts";
import { silentLogger } from "../../../../shared/log.ts";
import type { Answer, Reply } from "../../../../shared/protocol/answers.ts";
import type { Question } from "../../../../shared/protocol/questions.ts";

const nothing: Answer = { kind: "inventory", objects: [] };

function anAnswerer(answer: (question: Question, signal: AbortSignal) => Promise<Answer>) {
  const replies: Reply[] = [];
  const asked: string[] = [];
  const answerer = createQuestionAnswerer({
    allows: (kind) => kind === "inventory",
    answer: async (question, signal) => {
      asked.push(question.id);
      return answer(question, signal);
    },
    send: async (reply) => {
      replies.push(reply);
      return true;
    },
    log: silentLogger,
    signal: new AbortController().signal,
  });
  return { answerer, replies, asked };
}

function aQuestion(id: string, more: Readonly<Record<string, unknown>> = {}) {
  return { id, kind: "inventory", bundle: "team/web", asker: "ann", withinMs: 5000, ...more };
}

describe("an agent's answers", () => {
  it("come once for a question that is sent twice, and are forgotten once the hub has them", async () => {
    const { answerer, replies, asked } = anAnswerer(async () => nothing);
    answerer.take([aQuestion("a")]);
    expect(answerer.answering()).toEqual(["a"]);
    answerer.take([aQuestion("a")]);
    await vi.waitFor(() => expect(answerer.answering()).toEqual([]));
    expect([asked, replies]).toEqual([["a"], [{ id: "a", answer: nothing }]]);
  });

  it("come two at a time, in the order of the questions", async () => {
    const held: (() => void)[] = [];
    const { answerer, asked, replies } = anAnswerer(async () => {
      await new Promise<void>((resolve) => {
        held.push(resolve);
      });
      return nothing;
    });
    answerer.take([aQuestion("a"), aQuestion("b"), aQuestion("c")]);
    await vi.waitFor(() => expect(asked).toEqual(["a", "b"]));
    held[0]?.();
    await vi.waitFor(() => expect(asked).toEqual(["a", "b", "c"]));
    for (const release of held) release();
    await vi.waitFor(() => expect(replies.length).toBe(3));
  });

  it("are not sent when nobody waits any more", async () => {
    const { answerer, replies } = anAnswerer(async (_question, signal) => {
      await new Promise((resolve) => {
        signal.addEventListener("abort", resolve);
      });
      signal.throwIfAborted();
      return nothing;
    });
    answerer.take([aQuestion("late", { withinMs: 20 })]);
    await vi.waitFor(() => expect(answerer.answering()).toEqual([]));
    await answerer[Symbol.asyncDispose]();
    expect(replies).toEqual([]);
  });

  it.each([
    ["a kind that is turned off", { kind: "logs" }, "ANSWER_REFUSED"],
    ["a kind that it does not know", { kind: "weather" }, "QUESTION_UNKNOWN"],
    ["a question that lacks something", { bundle: undefined }, "QUESTION_UNKNOWN"],
  ])("refuse %s", async (_name, more, code) => {
    const { answerer, replies, asked } = anAnswerer(async () => nothing);
    answerer.take([aQuestion("a", more)]);
    await vi.waitFor(() => expect(replies).toMatchObject([{ id: "a", refusal: { code } }]));
    expect(asked).toEqual([]);
  });

  it("tell an expected fault, and of a bug only that there is one", async () => {
    const faults = [new AppError("KUBE_FORBIDDEN", "cannot list events"), new Error("stack of ours")];
    const { answerer, replies } = anAnswerer(async () => {
      throw faults.shift() ?? new Error("none left");
    });
    answerer.take([aQuestion("a")]);
    await vi.waitFor(() => expect(replies.length).toBe(1));
    answerer.take([aQuestion("b")]);
    await vi.waitFor(() => expect(replies.length).toBe(2));
    expect(replies).toMatchObject([
      { refusal: { code: "KUBE_FORBIDDEN", message: "cannot list events" } },
      { refusal: { code: "INTERNAL", message: "the agent failed to answer; its log tells more" } },
    ]);
  });

  it("follow the switch of each kind", () => {
    const off = {
      answerDiff: false,
      answerEvents: false,
      answerInventory: false,
      answerLogs: false,
      answerObject: false,
      answerPlan: false,
    };
    expect(allowsQuestion({ ...off, answerLogs: true }, "logs")).toBe(true);
    expect(allowsQuestion({ ...off, answerLogs: true }, "object")).toBe(false);
  });
});
