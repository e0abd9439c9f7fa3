import { describe, expect, it } from "vitest";
import { negotiate, prefersYaml } from "../../../../apiserver/http/negotiate.ts";

const table = { as: "Table", group: "meta.k8s.io", versions: ["v1", "v1beta1"] };
const json = { format: "json", as: "", group: "", version: "" };
const asTable = "application/json;as=Table;v=v1;g=meta.k8s.io";

const cases = [
  { name: "nothing is said", accept: undefined, form: json },
  { name: "anything goes", accept: "*/*", form: json },
  {
    name: "a table is asked for",
    accept: `${asTable},application/json`,
    form: { ...json, as: "Table", group: "meta.k8s.io", version: "v1" },
  },
  {
    name: "a form is asked for that is not offered",
    accept: "application/json;as=Chart;v=v1;g=x,application/json",
    form: json,
  },
  { name: "protobuf is preferred", accept: "application/vnd.kubernetes.protobuf,application/json", form: json },
  {
    name: "YAML is preferred by weight",
    accept: "application/json;q=0.5,application/yaml",
    form: { ...json, format: "yaml" },
  },
] as const;

describe("negotiate", () => {
  it.for(cases)("chooses when $name", ({ accept, form }) => {
    expect(negotiate(accept, [table])).toEqual(form);
  });

  it("answers 406 when nothing that is asked for is offered", () => {
    expect(() => negotiate("application/vnd.kubernetes.protobuf", [])).toThrowError(
      expect.objectContaining({ code: 406 }),
    );
  });

  it("prints YAML only for those who prefer it", () => {
    expect(["application/yaml", "application/json,application/yaml", "text/yaml", undefined].map(prefersYaml)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
