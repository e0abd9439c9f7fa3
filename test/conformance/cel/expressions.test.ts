import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CelFault } from "../../../shared/cel/cel-fault.ts";
import { compileCel } from "../../../shared/cel/compile-cel.ts";
import { type KubeCluster, startKubeCluster } from "../../kube/cluster.ts";
import { describeWithKube } from "../../support/kube.ts";
import { type Answer, askApiServer } from "./ask-api-server.ts";
import { printValue } from "./print-value.ts";
import { subjectOf } from "./subject.ts";

const expressions = readFileSync(join(import.meta.dirname, "expressions.txt"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("# "));

/** kube-apiserver checks types before an expression runs; here, as in Flux, values alone decide. */
const refusedForTypes: ReadonlySet<string> = new Set([
  "1 == 1.0",
  "null == false",
  "[1, 2] == [1.0, 2.0]",
  "{'a': 1} == {'a': 1.0}",
  "[1] + ['a']",
  "[1, 'a']",
  "[1, dyn('a')]",
  "{'a': 1, 'b': 'x'}",
  "{1: 'a'}[1.0]",
  "[1, 2, 3][1.0]",
]);

/** Flux has these and an API server does not. */
const ofFlux: ReadonlySet<string> = new Set(["'abc'.reverse()", "base64.encode(b'abc')"]);

/** What rules for health have no use for. */
const notThere: ReadonlySet<string> = new Set([
  "'%s is %d'.format(['a', 1])",
  "isURL('https://example.com:80/path')",
  "url('https://example.com:80/path').getHost()",
]);

const knownToDiffer = refusedForTypes.union(ofFlux).union(notThere);

let cluster: KubeCluster;
let answers: readonly Answer[];

describeWithKube("expressions beside kube-apiserver", () => {
  beforeAll(async () => {
    cluster = await startKubeCluster({ name: "cel" });
    answers = await askApiServer(cluster, expressions);
  });
  afterAll(async () => {
    await cluster.stop();
  });

  it("have the same value or none", () => {
    const differing = expressions.filter((expression, index) => evaluate(expression, index) !== theirs(index));
    expect(differing).toEqual(expressions.filter((expression) => knownToDiffer.has(expression)));
    expect(expressions.length).toBeGreaterThan(400);
  });

  it("are refused before they run where only types are wrong", () => {
    const refused = expressions.filter((_, index) => answers[index]?.type === "invalid");
    expect(refused.filter((expression) => refusedForTypes.has(expression))).toEqual([...refusedForTypes]);
  });
});

function theirs(index: number): string {
  const answer = answers[index];
  return answer?.type === "value" ? answer.text.trimEnd() : "none";
}

function evaluate(expression: string, index: number): string {
  try {
    return printValue(compileCel(expression).evaluate(subjectOf(index)));
  } catch (error) {
    if (error instanceof CelFault) return "none";
    throw error;
  }
}
