import { describe, expect, test } from "vitest";
import { diffObject } from "../../../../shared/drift/diff-object.ts";
import { printPath } from "../../../../shared/drift/managed-fields.ts";
import { aDeployment, managed } from "./objects.ts";

const keyed = {
  "f:spec": {
    "f:template": {
      "f:spec": { "f:containers": { 'k:{"name":"app"}': { ".": {}, "f:image": {} }, 'k:{"name":"side"}': {} } },
    },
  },
};

function withContainers(containers: unknown, fields = keyed) {
  return aDeployment({ spec: { template: { spec: { containers } } } }, { managedFields: [managed("drover", fields)] });
}

function differing(desired: unknown, live: unknown, fields?: typeof keyed): string[] {
  return diffObject(withContainers(desired, fields), withContainers(live, fields)).map(({ path }) => printPath(path));
}

const object = (args: string[]) => aDeployment({ args });
const big = (value: bigint) => aDeployment({ data: { big: value } });

describe("diffObject", () => {
  test("finds nothing between equal objects, whatever the server wrote into metadata and status", () => {
    const live = aDeployment({ status: { replicas: 1 } }, { resourceVersion: "1", generation: 3, uid: "u" });
    expect(diffObject(aDeployment(), live)).toEqual([]);
  });

  test("compares keyed lists by key, whatever the order of other differences", () => {
    const app = { name: "app", image: "app:1" };
    const side = { name: "side", image: "side:1" };
    expect(differing([app, side], [{ ...app, image: "app:2" }, side])).toEqual([
      "spec.template.spec.containers[name=app].image",
    ]);
    expect(differing([app, side], [app])).toEqual(["spec.template.spec.containers[name=side]"]);
    expect(differing([app], [app, side])).toEqual(["spec.template.spec.containers[name=side]"]);
  });

  test("shows another order of the same items as a whole", () => {
    const app = { name: "app" };
    const side = { name: "side" };
    expect(differing([app, side], [side, app])).toEqual(["spec.template.spec.containers"]);
  });

  test("compares lists without keys by place when equally long, else as a whole", () => {
    expect(diffObject(object(["a", "b"]), object(["a", "c"]))).toMatchObject([{ desired: "b", live: "c" }]);
    expect(diffObject(object(["a", "b"]), object(["a"]))).toMatchObject([{ desired: ["a", "b"], live: ["a"] }]);
  });

  test("tells a removed value from a null and compares 64-bit integers exactly", () => {
    expect(diffObject(aDeployment({ data: { a: "1" } }), aDeployment({ data: {} }))).toEqual([
      {
        path: [
          { type: "field", name: "data" },
          { type: "field", name: "a" },
        ],
        desired: "1",
      },
    ]);
    expect(diffObject(big(9007199254740993n), big(9007199254740992n))).toHaveLength(1);
    expect(diffObject(big(9007199254740993n), big(9007199254740993n))).toEqual([]);
  });
});
