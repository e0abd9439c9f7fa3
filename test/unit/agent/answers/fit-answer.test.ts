import { describe, expect, it } from "vitest";
import { fitAnswer } from "../../../../agent/answers/fit-answer.ts";
import type { Answer, PlannedDeployment } from "../../../../shared/protocol/answers.ts";

const plan: PlannedDeployment = {
  bundle: "team/web",
  objects: [],
  unchanged: 0,
  remove: [],
  held: [],
  released: [],
  hooks: [],
  warnings: [],
};

function objects(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    group: "",
    kind: "ConfigMap",
    namespace: "shop",
    name: `object-${index}`,
    state: "ready" as const,
  }));
}

const bytesOf = (answer: Answer): number => Buffer.byteLength(JSON.stringify(answer));

describe("fitAnswer", () => {
  it("leaves an answer that fits as it is", () => {
    const answer: Answer = { kind: "inventory", objects: objects(3) };
    expect(fitAnswer(answer, bytesOf(answer))).toBe(answer);
  });

  it("cuts a list that is too long, from its end, and says by how much", () => {
    const answer: Answer = { kind: "inventory", objects: objects(1000) };
    const fitting = fitAnswer(answer, 10_000);
    expect(bytesOf(fitting)).toBeLessThanOrEqual(10_000);
    if (fitting.kind !== "inventory") throw new Error(fitting.kind);
    expect(fitting.objects.length).toBeGreaterThan(20);
    expect(fitting.objects).toEqual(answer.objects.slice(0, fitting.objects.length));
    expect(fitting.objects.length + (fitting.cut ?? 0)).toBe(1000);
  });

  it("cuts all lists of a planned deployment alike", () => {
    const names = objects(400);
    const answer: Answer = { kind: "plan", deployments: [{ ...plan, remove: names, hooks: names }] };
    const fitting = fitAnswer(answer, 20_000);
    if (fitting.kind !== "plan") throw new Error(fitting.kind);
    const [first] = fitting.deployments;
    expect(bytesOf(fitting)).toBeLessThanOrEqual(20_000);
    expect((first?.remove.length ?? 0) + (first?.hooks.length ?? 0) + (first?.cut ?? 0)).toBe(800);
  });

  it("refuses an object that is too long: half of it would say something else", () => {
    const answer: Answer = { kind: "object", object: { data: "x".repeat(2000) } };
    expect(() => fitAnswer(answer, 1000)).toThrow(expect.objectContaining({ code: "ANSWER_TOO_LARGE" }));
  });
});
