import { describe, expect, it } from "vitest";
import { applyObject } from "../../../../apiserver/apply/apply-object.ts";
import { trackUpdate } from "../../../../apiserver/apply/track-update.ts";
import { ApiError } from "../../../../apiserver/resources/api-error.ts";
import type { ApiObject } from "../../../../apiserver/resources/api-object.ts";
import type { JsonObject } from "../../../../codec/json-value.ts";
import { aThing, thingSchema } from "./test-schema.ts";

const schema = thingSchema();
const early = "2026-01-01T00:00:00Z";
const late = "2026-01-02T00:00:00Z";

interface Apply {
  readonly live?: ApiObject;
  readonly manager?: string;
  readonly force?: boolean;
  readonly time?: string;
}

function apply(spec: JsonObject, { live, manager = "gitops", force = false, time = early }: Apply = {}): ApiObject {
  return applyObject({ live, applied: aThing(spec), manager, force, schema, time }).object;
}

function update(live: ApiObject, spec: JsonObject, manager = "editor"): ApiObject {
  return trackUpdate({ live, updated: { ...live, spec }, manager, schema, time: late });
}

function refusal(run: () => unknown): ApiError {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

function ownedBy(object: ApiObject, manager: string): unknown {
  return object.metadata.managedFields?.find((entry) => entry.manager === manager)?.fieldsV1;
}

describe("applyObject", () => {
  it("creates an object whose applied fields belong to the applier", () => {
    const object = apply({ replicas: 2 });
    expect(object.metadata.managedFields).toEqual([
      {
        manager: "gitops",
        operation: "Apply",
        apiVersion: "example.com/v1",
        time: early,
        fieldsType: "FieldsV1",
        fieldsV1: { "f:spec": { "f:replicas": {} } },
      },
    ]);
  });

  it("removes a field that the applier no longer wants and nobody else owns", () => {
    const live = apply({ replicas: 2, settings: { a: "1", b: "2" } });
    expect(apply({ settings: { b: "2" } }, { live })["spec"]).toEqual({ settings: { b: "2" } });
  });

  it("keeps a field that another applier owns too", () => {
    const both = apply({ replicas: 2 }, { live: apply({ replicas: 2 }), manager: "other" });
    expect(apply({}, { live: both })["spec"]).toEqual({ replicas: 2 });
  });

  it("merges items of a list map by its keys, a missing key taking its default", () => {
    const live = apply({ ports: [{ port: 80, name: "http" }] });
    const merged = apply(
      {
        ports: [
          { port: 80, protocol: "TCP" },
          { port: 80, protocol: "UDP" },
        ],
      },
      { live, manager: "other" },
    );
    expect(merged["spec"]).toEqual({
      ports: [
        { port: 80, protocol: "TCP", name: "http" },
        { port: 80, protocol: "UDP" },
      ],
    });
  });

  it("removes only its own items of a set", () => {
    const live = apply({ tags: ["b", "c"] }, { live: apply({ tags: ["a", "b"] }), manager: "other" });
    expect(apply({ tags: [] }, { live })["spec"]).toEqual({ tags: ["b", "c"] });
  });

  it("replaces atomic lists and maps as a whole", () => {
    const live = apply({ order: ["a", "b"], whole: { a: "1" } });
    expect(apply({ order: ["c"], whole: { b: "2" } }, { live })["spec"]).toEqual({ order: ["c"], whole: { b: "2" } });
  });

  it("reports one conflict with the manager, its version and the field", () => {
    const live = update(apply({ replicas: 2 }), { replicas: 5 }, "kubectl-edit");
    const error = refusal(() => apply({ replicas: 3 }, { live }));
    expect(error.code).toBe(409);
    expect(error.message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-edit" using example.com/v1: .spec.replicas',
    );
    expect(error.details?.causes).toEqual([
      {
        reason: "FieldManagerConflict",
        message: 'conflict with "kubectl-edit" using example.com/v1',
        field: ".spec.replicas",
      },
    ]);
  });

  it("lists several conflicts by manager, with the keys of items", () => {
    const first = apply({ replicas: 1, ports: [{ port: 80, name: "a" }] }, { manager: "one" });
    const live = apply({ tags: ["x"], settings: { a: "1" } }, { live: first, manager: "two" });
    const error = refusal(() =>
      apply({ replicas: 2, ports: [{ port: 80, name: "b" }], settings: { a: "2" } }, { live }),
    );
    expect(error.message).toBe(
      [
        'Apply failed with 3 conflicts: conflicts with "one":',
        "- .spec.replicas",
        '- .spec.ports[port=80,protocol="TCP"].name',
        'conflicts with "two":',
        "- .spec.settings.a",
      ].join("\n"),
    );
  });

  it("shares a field where the value is the same; an owner that changed nothing has no time", () => {
    const live = apply({ replicas: 2 }, { live: apply({ replicas: 2 }), manager: "other" });
    expect(live.metadata.managedFields?.map(({ manager, time }) => ({ manager, time }))).toEqual([
      { manager: "other", time: undefined },
      { manager: "gitops", time: early },
    ]);
  });

  it("takes fields over by force and leaves the other manager what is left", () => {
    const live = apply({ replicas: 1, tags: ["x"] }, { manager: "other" });
    const taken = apply({ replicas: 9 }, { live, force: true });
    expect(taken["spec"]).toEqual({ replicas: 9, tags: ["x"] });
    expect(ownedBy(taken, "other")).toEqual({ "f:spec": { "f:tags": { 'v:"x"': {} } } });
  });

  it("leaves the time of an apply that changes nothing", () => {
    const live = apply({ replicas: 2 });
    const again = applyObject({
      live,
      applied: aThing({ replicas: 2 }),
      manager: "gitops",
      force: false,
      schema,
      time: late,
    });
    expect(again.changed).toBe(false);
    expect(again.object).toEqual(live);
  });

  it("gives the fields of an object without owners to before-first-apply", () => {
    const object = apply({ replicas: 2 }, { live: aThing({ replicas: 2, tags: ["x"] }) });
    expect(ownedBy(object, "before-first-apply")).toEqual({
      "f:spec": { ".": {}, "f:replicas": {}, "f:tags": { ".": {}, 'v:"x"': {} } },
    });
  });

  it.each([
    { name: "an unknown field", spec: { foo: 1 }, problem: ".spec.foo: field not declared in schema" },
    {
      name: "a wrong type",
      spec: { replicas: "3" },
      problem: ".spec.replicas: expected numeric (int or float), got string",
    },
    { name: "an item twice", spec: { tags: ["a", "a"] }, problem: '.spec.tags: duplicate entries for key [="a"]' },
    {
      name: "a null in a set",
      spec: { tags: [null] },
      problem: ".spec.tags: element 0: associative list without keys has an element that's an explicit null",
    },
  ])("refuses $name", ({ spec, problem }) => {
    const error = refusal(() => apply(spec));
    expect(error.message).toBe(`failed to create typed patch object (/thing; example.com/v1, Kind=Thing): ${problem}`);
  });

  it("refuses a configuration with managedFields", () => {
    const applied = aThing({}, { managedFields: [] });
    const error = refusal(() => applyObject({ applied, manager: "a", force: false, schema, time: early }));
    expect([error.code, error.message]).toEqual([400, "metadata.managedFields must be nil"]);
  });

  it("is not led astray by fields named like those of every JavaScript object", () => {
    const settings: JsonObject = JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}');
    const live = apply({ settings });
    const object = apply({ settings: JSON.parse('{"__proto__":"z"}') }, { live });
    expect(JSON.stringify(object["spec"])).toBe('{"settings":{"__proto__":"z"}}');
  });
});
