import { describe, expect, it } from "vitest";
import type { LookupObject } from "../../../../../helm/template/scope.ts";
import { type GoValue, isGoMap } from "../../../../../helm/template/go-value.ts";
import { AppError } from "../../../../../shared/errors.ts";
import {
  type LookupAnswer,
  type LookupQuery,
  lookupWarnings,
} from "../../../../../shared/render/chart/lookup-answer.ts";
import { settleLookups } from "../../../../../shared/render/chart/settle-lookups.ts";

function query(name: string): LookupQuery {
  return { apiVersion: "v1", kind: "Secret", namespace: "shop", name };
}

/** A cluster of Secrets by name, and what it was asked. */
function cluster(secrets: Readonly<Record<string, string>>) {
  const asked: string[][] = [];
  const ask = async (queries: readonly LookupQuery[]): Promise<LookupAnswer[]> => {
    asked.push(queries.map(({ name }) => name));
    return queries.map((one) => {
      const next = secrets[one.name];
      return next === undefined ? { query: one } : { query: one, object: { next, size: 3 } };
    });
  };
  return { asked, ask };
}

function next(lookup: LookupObject, name: string): string {
  const found = lookup(query(name)).get("next");
  return typeof found === "string" ? found : "";
}

/** A template that looks up what another object names. */
function followed(lookup: LookupObject): string {
  const first = next(lookup, "a");
  return first === "" ? next(lookup, "nothing") : next(lookup, first);
}

/** A template that fails without an object. */
function demanded(lookup: LookupObject): string {
  if (next(lookup, "a") === "") throw new AppError("CHART_FAILED", "make a first", { verdict: "stalled" });
  return "fine";
}

describe("settleLookups", () => {
  it("asks each thing once, in one go what is asked in one round", async () => {
    const { asked, ask } = cluster({ a: "one", b: "two" });
    const { result, answers } = await settleLookups(
      (lookup) => ["a", "b", "a"].map((name) => next(lookup, name)),
      [],
      ask,
    );
    expect(result).toEqual(["one", "two", "one"]);
    expect(asked).toEqual([["a", "b"]]);
    expect(answers.map(({ query: { name } }) => name)).toEqual(["a", "b"]);
  });

  it("follows lookups that depend on others, and keeps the answers of the last round only", async () => {
    const { asked, ask } = cluster({ a: "b", b: "end" });
    const { result, answers } = await settleLookups(followed, [], ask);
    expect(result).toBe("end");
    expect(asked).toEqual([["a", "nothing"], ["b"]]);
    expect(answers.map(({ query: { name } }) => name)).toEqual(["a", "b"]);
  });

  it("asks nothing when the answers of an earlier render are there, even if the cluster has others now", async () => {
    const first = await settleLookups(followed, [], cluster({ a: "old" }).ask);
    const { asked, ask } = cluster({ a: "new", old: "there" });
    expect(await settleLookups(followed, first.answers, ask)).toEqual(first);
    expect(asked).toEqual([]);
  });

  it("gives whole numbers as integers and what is absent as an empty map", async () => {
    const seen: GoValue[] = [];
    await settleLookups(
      (lookup) => {
        seen.push(lookup(query("a")).get("size"), lookup(query("absent")));
      },
      [],
      cluster({ a: "x" }).ask,
    );
    expect(seen[2]).toMatchObject({ value: 3n, kind: "int64" });
    expect(isGoMap(seen[3]) ? seen[3].size : -1).toBe(0);
  });

  it("does not let a refusal stand that came before the answers", async () => {
    await expect(settleLookups(demanded, [], cluster({ a: "x" }).ask)).resolves.toMatchObject({ result: "fine" });
    const refused = settleLookups(demanded, [], cluster({}).ask);
    await expect(refused).rejects.toMatchObject({ code: "CHART_FAILED", verdict: "waiting", afterMs: 60_000 });
  });

  it("lets a fault stalled that has nothing to do with the cluster", async () => {
    const fault = new AppError("CHART_FAILED", "no", { verdict: "stalled" });
    const render = () => {
      throw fault;
    };
    await expect(settleLookups(render, [], cluster({}).ask)).rejects.toMatchObject({ verdict: "stalled" });
  });

  it("ends where lookups lead to ever more lookups", async () => {
    let rounds = 0;
    const render = (lookup: LookupObject) => next(lookup, `n${rounds++}`);
    await expect(settleLookups(render, [], cluster({}).ask)).rejects.toMatchObject({ code: "RENDER_LIMIT" });
    expect(rounds).toBe(20);
  });

  it("hands on what the cluster's side throws", async () => {
    const forbidden = Promise.reject(new AppError("KUBE_FORBIDDEN", "no right"));
    const refused = settleLookups(
      (lookup) => next(lookup, "a"),
      [],
      () => forbidden,
    );
    await expect(refused).rejects.toMatchObject({ code: "KUBE_FORBIDDEN" });
  });
});

describe("lookupWarnings", () => {
  it("names what was not looked at, and why", () => {
    const answers = [{ query: query("a") }, { query: { ...query(""), namespace: "" }, refused: "not yours" }];
    expect(lookupWarnings(answers)).toEqual(["lookup of v1 Secret * finds nothing: not yours"]);
  });
});
