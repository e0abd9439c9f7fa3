import { describe, expect, it } from "vitest";
import { CelFault, CelLimit } from "../../../../shared/cel/cel-fault.ts";
import { compileCel } from "../../../../shared/cel/compile-cel.ts";

function faultOf(run: () => unknown): CelFault {
  try {
    run();
  } catch (error) {
    if (error instanceof CelFault) return error;
    throw error;
  }
  throw new Error("nothing was wrong");
}

describe("compileCel", () => {
  it.each([
    { name: "fields of the object by their names", text: "status.phase == 'Ready' && kind == 'Db'", value: true },
    { name: "the whole object as self", text: "has(self.status) && !has(self.data)", value: true },
    { name: "a field named as a type", text: "type == 'mine'", value: true },
    { name: "whole numbers as ints", text: "status.ready + 1", value: 3n },
    { name: "other numbers as doubles", text: "status.share * 2.0", value: 1 },
    { name: "a field that is null", text: "status.nothing == null", value: true },
    { name: "expressions over several lines", text: "status.ready == 2 // two\n  && true", value: true },
  ])("reads $name", ({ text, value }) => {
    const object = { kind: "Db", type: "mine", status: { phase: "Ready", ready: 2, share: 0.5, nothing: null } };
    expect(compileCel(text).evaluate(object)).toBe(value);
  });

  it.each([
    { text: "status.phase = 'Ready'", at: 13, message: 'unexpected character "="' },
    { text: "status.phase == 'Ready' &&", at: 26, message: "expected a value, found the end of the expression" },
    { text: "status.phase == 'Ready", at: 16, message: "the text that starts here never ends" },
    { text: "(status.phase", at: 13, message: 'expected ")", found the end of the expression' },
    { text: "status.list.any(x, true)", at: 12, message: "a value has no function any()" },
    { text: "siez(status.list)", at: 0, message: "there is no function siez()" },
    { text: "size(status.list, 1)", at: 0, message: "size() takes another number of parameters" },
    { text: "has(status)", at: 4, message: "has() asks for a field: has(status.phase)" },
    { text: "status.list.all(1, true)", at: 16, message: "the first parameter of a macro is the name of its variable" },
    { text: "status.phase.matches('[')", at: 21, message: "error parsing regexp: missing closing ]: `[`" },
    { text: "status.x == timestamp('now')", at: 22, message: '"now" is no time such as 2026-01-31T12:00:00Z' },
    { text: "'\\d' == 'x'", at: 1, message: "the escape \\d means nothing here; write \\\\ for a backslash" },
    { text: "9223372036854775808", at: 0, message: "invalid int literal 9223372036854775808" },
    { text: "let == 1", at: 0, message: '"let" is a reserved word' },
  ])("refuses $text", ({ text, at, message }) => {
    const fault = faultOf(() => compileCel(text));
    expect({ at: fault.at, message: fault.message }).toEqual({ at, message });
  });

  it.each([
    { text: "status.phase == 'x'", at: 6, message: "no such key: phase" },
    { text: "spec.replicas == 1", at: 0, message: "the object has no field spec" },
    { text: "true && status.list[7] == 1", at: 19, message: "index out of bounds: 7" },
    { text: "status.list + 1", at: 12, message: "no such overload" },
  ])("says where the evaluation of $text fails", ({ text, at, message }) => {
    const fault = faultOf(() => compileCel(text).evaluate({ status: { list: [1] } }));
    expect({ at: fault.at, message: fault.message }).toEqual({ at, message });
  });
});

describe("hostile expressions", () => {
  const list = Array.from({ length: 10_000 }, (_, index) => index);
  const object = { status: { list, text: "a".repeat(500_000) } };
  Object.assign(object.status, {
    words: "abc".repeat(1000),
    half: `b${"a".repeat(250_000)}`,
    digits: `${"1".repeat(500_000)}x`,
    blanks: `x${" ".repeat(400_000)}y`,
  });
  const doubling = `['${"x".repeat(100)}']${".map(s, s + s)".repeat(60)}[0].size()`;

  it.each([
    {
      name: "a loop in a loop in a loop",
      text: "status.list.all(a, status.list.all(b, status.list.all(c, a + b + c >= 0)))",
    },
    { name: "a text that doubles", text: doubling },
    { name: "a list that doubles", text: `[[1, 2]]${".map(s, s + s)".repeat(60)}.size()` },
    {
      name: "a text searched again and again",
      text: "status.list.all(a, status.text.contains('b' + string(a)) == false)",
    },
    { name: "a pattern that backtracks elsewhere", text: "status.list.all(a, !status.text.matches('(a*)*b'))" },
    {
      name: "a pattern that is hard to follow",
      text: "status.list.all(a, !status.words.matches('^(([a-c])+.)+[A-Z]'))",
    },
    { name: "a search for half a text", text: "status.list.all(a, status.text.lastIndexOf(status.half) < 0)" },
    { name: "a long text that is nearly a number", text: "double(status.digits) == 1.0" },
    { name: "a long text that is trimmed", text: "status.list.all(a, status.blanks.trim() != '')" },
    { name: "a replacement that grows", text: "status.text.replace('', status.text).size()" },
    { name: "errors that are forgiven", text: "status.list.exists(a, status.list.exists(b, a / 0 == b))" },
    { name: "a list compared with itself again and again", text: "status.list.all(a, status.list == status.list)" },
    { name: "a join of joins", text: "status.list.map(a, status.text).join(status.text).size()" },
  ])("end for $name", ({ text }) => {
    const program = compileCel(text);
    const before = process.cpuUsage();
    expect(() => program.evaluate(object)).toThrow(CelFault);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(2000);
  });

  it("are not forgiven when they go over the limits", () => {
    const endless = "status.list.all(a, status.list.all(b, status.list.all(c, true)))";
    expect(() => compileCel(`${endless} || true`).evaluate(object)).toThrow(CelLimit);
  });

  it.each([
    { name: "brackets", text: `${"(".repeat(4000)}1${")".repeat(4000)}` },
    { name: "choices", text: `${"true ? 1 : ".repeat(800)}1` },
    { name: "a chain", text: Array.from({ length: 2000 }, () => "1").join("+") },
    { name: "fields", text: `!!!x${".a".repeat(3000)}` },
    { name: "lists", text: "[".repeat(5000) },
    { name: "macros", text: `[1]${".map(x, x)".repeat(900)}` },
  ])("cannot nest too deep: $name", ({ text }) => {
    expect(() => compileCel(text)).toThrow("nested more than 200 deep");
  });

  it("cannot be longer than 10,000 characters", () => {
    expect(() => compileCel(`'${"x".repeat(10_000)}'`)).toThrow("longer than 10000 characters");
  });

  it("cannot have a pattern that takes much memory", () => {
    expect(() => compileCel("'a'.matches('((a{100}){100}){100}')")).toThrow("the regular expression is too large");
  });

  it("look at a large object that asks little", () => {
    expect(compileCel("status.list.exists(a, a == 9999) && size(status.text) == 500000").evaluate(object)).toBe(true);
  });
});
