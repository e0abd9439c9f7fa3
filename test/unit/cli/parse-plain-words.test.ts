import { parseArgs } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { helmTemplate } from "../../../cli/commands/helm-template.ts";
import { parsePlainWords } from "../../../cli/parse-plain-words.ts";

const { options } = helmTemplate;

describe("words of a call that need no closer look", () => {
  it("are options with values, switches, letters and arguments", () => {
    const words = ["web", "--set", "a=1", "./chart", "-f", "one.yaml", "--values=two.yaml", "--no-hooks", "-n", "team"];
    expect(parsePlainWords(words, options)).toEqual({
      values: { set: ["a=1"], values: ["one.yaml", "two.yaml"], "no-hooks": true, namespace: "team" },
      positionals: ["web", "./chart"],
    });
  });

  it.each([
    ["--"],
    ["-"],
    ["--nothing"],
    ["-fone.yaml"],
    ["--set"],
    ["--set="],
    ["--set", "-a"],
    ["--no-hooks=x"],
    ["-nf", "x"],
  ])("are not %j %j", (...words) => {
    expect(parsePlainWords(words, options)).toBeUndefined();
  });

  it("mean what they mean to Node", () => {
    const words = "web a=b --set --set=x=y --set= -f -f=x -n --namespace --namespace=n --no-hooks --no-hooks=true -- -";
    const odd = "-1 -nx --constructor --include-crds --kube-version --toString=1";
    const word = fc.constantFrom("", ...words.split(" "), ...odd.split(" "));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (given) => {
        const ours = parsePlainWords(given, options);
        if (ours === undefined) return;
        const known = Object.entries(options).map(([name, { type, short, multiple = false }]) => [
          name,
          { type, multiple, ...(short === undefined ? {} : { short }) },
        ]);
        const { values, positionals } = parseArgs({
          args: given,
          options: Object.fromEntries(known),
          allowPositionals: true,
        });
        expect(ours).toEqual({ values: { ...values }, positionals });
        expect(Object.keys(ours.values)).toEqual(Object.keys(values));
      }),
      { numRuns: 3000 },
    );
  });
});
