import { describe, expect, it } from "vitest";
import { type AgentPresence, createQuestionDesk, type QuestionWish } from "../../../../bundler/agents/question-desk.ts";

const cluster = { namespace: "fleet-default", name: "dev" };
const wish: QuestionWish = { kind: "inventory", bundle: "fleet-default/web", asker: "ann", withinMs: 5000 };
const answer = { kind: "inventory" as const, objects: [] };

function aDesk(presence: AgentPresence | undefined = { online: true, seenMs: 0 }) {
  const woken: string[] = [];
  const counted: string[] = [];
  const desk = createQuestionDesk({
    presenceOf: () => presence,
    wake: ({ name }) => woken.push(name),
    metrics: { question: (result) => counted.push(result) },
  });
  return { desk, woken, counted };
}

describe("the desk of questions", () => {
  it("tells at once when an agent was last seen that is offline", async () => {
    const { desk, woken, counted } = aDesk({ online: false, seenMs: Date.UTC(2026, 0, 2) });
    await expect(desk.ask({ cluster, wish })).rejects.toMatchObject({
      code: "AGENT_OFFLINE",
      message: "cluster dev cannot be asked: its agent was last seen at 2026-01-02T00:00:00.000Z",
    });
    expect([woken, counted]).toEqual([[], ["offline"]]);
  });

  it("keeps the questions of clusters apart, and forgets what is answered", async () => {
    const { desk, woken, counted } = aDesk();
    const asked = desk.ask({ cluster, wish });
    const [question] = desk.openFor(cluster, []);
    const id = question?.id ?? "";
    expect(woken).toEqual(["dev"]);
    expect(desk.openFor({ ...cluster, name: "prod" }, [])).toEqual([]);
    expect(desk.openFor(cluster, [id])).toEqual([]);
    expect(desk.take({ ...cluster, name: "prod" }, { id, answer })).toBe(false);
    expect(desk.take(cluster, { id, answer })).toBe(true);
    expect(await asked).toBe(answer);
    expect(desk.openFor(cluster, [])).toEqual([]);
    expect([desk.take(cluster, { id, answer }), counted]).toEqual([false, ["answered"]]);
  });

  it("hands out a granted blob while its question is open, to its cluster", async () => {
    const { desk } = aDesk();
    const bytes = new Uint8Array([1]);
    const grants = new Map([["digest", async () => bytes]]);
    const asked = desk.ask({ cluster, wish, grants });
    const [question] = desk.openFor(cluster, []);
    expect(await desk.granted(cluster, "digest")).toBe(bytes);
    expect(await desk.granted(cluster, "other")).toBeUndefined();
    expect(await desk.granted({ ...cluster, name: "prod" }, "digest")).toBeUndefined();
    desk.take(cluster, { id: question?.id ?? "", refusal: { code: "ANSWER_REFUSED", message: "no" } });
    await expect(asked).rejects.toMatchObject({ code: "ANSWER_REFUSED", message: "cluster dev: no" });
    expect(await desk.granted(cluster, "digest")).toBeUndefined();
  });

  it("drops a question whose asker goes away, and all when it is closed", async () => {
    const { desk } = aDesk();
    const gone = new AbortController();
    const left = desk.ask({ cluster, wish, signal: gone.signal });
    gone.abort();
    await expect(left).rejects.toMatchObject({ code: "AGENT_SILENT" });
    expect(desk.openFor(cluster, [])).toEqual([]);
    const open = desk.ask({ cluster, wish });
    desk[Symbol.dispose]();
    await expect(open).rejects.toMatchObject({ message: "the hub stops; ask again" });
  });

  it("takes codes that it does not know for a fault", async () => {
    const { desk } = aDesk();
    const asked = desk.ask({ cluster, wish });
    const [question] = desk.openFor(cluster, []);
    desk.take(cluster, { id: question?.id ?? "", refusal: { code: "FROM_THE_FUTURE", message: "?" } });
    await expect(asked).rejects.toMatchObject({ code: "INTERNAL" });
  });
});
