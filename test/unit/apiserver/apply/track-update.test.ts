import { describe, expect, it } from "vitest";
import { keepTimestamps } from "../../../../apiserver/apply/keep-timestamps.ts";
import { trackUpdate } from "../../../../apiserver/apply/track-update.ts";
import type { ApiObject } from "../../../../apiserver/resources/api-object.ts";
import type { JsonObject } from "../../../../codec/json-value.ts";
import { createSchemaRegistry } from "../../../../apiserver/resources/schema-registry.ts";
import { aThing, thingSchema } from "./test-schema.ts";

const schema = thingSchema();

function kinds(version: string) {
  return [{ group: "example.com", version, kind: "Thing" }];
}

function timeOf(second: number): string {
  return `2026-01-01T00:00:${String(second).padStart(2, "0")}Z`;
}

function create(spec: JsonObject): ApiObject {
  return trackUpdate({ updated: aThing(spec), manager: "creator", schema, time: timeOf(0) });
}

function update(
  live: ApiObject,
  change: { readonly spec: JsonObject; readonly manager: string; readonly at: number },
): ApiObject {
  const { spec, manager, at } = change;
  return trackUpdate({ live, updated: { ...live, spec }, manager, schema, time: timeOf(at) });
}

function summary({ metadata }: ApiObject): unknown {
  return metadata.managedFields?.map(({ manager, time, fieldsV1 }) => ({
    manager,
    time,
    fields: fieldsV1?.["f:spec"],
  }));
}

describe("trackUpdate", () => {
  it("gives an updater what it changed or added, and takes it from others", () => {
    const live = create({ replicas: 1, tags: ["a"] });
    const object = update(live, { spec: { replicas: 2, tags: ["a", "b"] }, manager: "editor", at: 5 });
    expect(summary(object)).toEqual([
      { manager: "creator", time: timeOf(0), fields: { ".": {}, "f:tags": { ".": {}, 'v:"a"': {} } } },
      { manager: "editor", time: timeOf(5), fields: { "f:replicas": {}, "f:tags": { 'v:"b"': {} } } },
    ]);
  });

  it("leaves times alone when an update only removes fields", () => {
    const object = update(create({ replicas: 1, tags: ["a"] }), { spec: { tags: ["a"] }, manager: "editor", at: 5 });
    expect(summary(object)).toEqual([
      { manager: "creator", time: timeOf(0), fields: { ".": {}, "f:tags": { ".": {}, 'v:"a"': {} } } },
    ]);
  });

  it("drops a manager that owns nothing any more", () => {
    const live = update(create({ tags: ["a"] }), { spec: { tags: ["a"], replicas: 2 }, manager: "editor", at: 5 });
    const object = update(live, { spec: { tags: ["a"] }, manager: "third", at: 6 });
    expect(object.metadata.managedFields?.map(({ manager }) => manager)).toEqual(["creator"]);
  });

  it("owns neither names nor what the server assigns", () => {
    const metadata = {
      uid: "u",
      resourceVersion: "1",
      generation: 1,
      creationTimestamp: timeOf(0),
      labels: { a: "b" },
    };
    const object = trackUpdate({ updated: aThing({}, metadata), manager: "creator", schema, time: timeOf(0) });
    expect(object.metadata.managedFields?.[0]?.fieldsV1?.["f:metadata"]).toEqual({
      "f:labels": { ".": {}, "f:a": {} },
    });
  });

  it("gives nobody what the request cannot change", () => {
    const updated = { ...aThing({ replicas: 1 }), status: { phase: "Fine" } };
    const object = trackUpdate({ updated, manager: "creator", schema, time: timeOf(0), resetFields: [["status"]] });
    expect(object.metadata.managedFields?.[0]?.fieldsV1).toEqual({ "f:spec": { ".": {}, "f:replicas": {} } });
  });

  it.each([{ entries: [] }, { entries: [{}] }])("forgets all owners when they are set to $entries", ({ entries }) => {
    const live = create({ replicas: 1 });
    const updated = { ...live, metadata: { ...live.metadata, managedFields: entries } };
    const object = trackUpdate({ live, updated, manager: "editor", schema, time: timeOf(1) });
    expect(object.metadata.managedFields).toBeUndefined();
  });

  it("keeps the owners of the live object when the client leaves them out or garbles them", () => {
    const live = create({ replicas: 1 });
    for (const managedFields of [undefined, [{ manager: "x", operation: "Eat" }]]) {
      const metadata = managedFields === undefined ? { name: "thing" } : { name: "thing", managedFields };
      const object = trackUpdate({ live, updated: { ...live, metadata }, manager: "editor", schema, time: timeOf(1) });
      expect(object.metadata.managedFields).toEqual(live.metadata.managedFields);
    }
  });

  it("gives no time to an entry written through scale", () => {
    const live = create({ replicas: 1, tags: ["a"] });
    const updated = { ...live, spec: { replicas: 3, tags: ["a"] } };
    const request = { live, updated, manager: "scaler", schema, time: timeOf(5), subresource: "scale" };
    const [entry] = trackUpdate(request).metadata.managedFields ?? [];
    expect(entry).toMatchObject({
      manager: "scaler",
      subresource: "scale",
      fieldsV1: { "f:spec": { "f:replicas": {} } },
    });
    expect(entry?.time).toBeUndefined();
  });

  it("does not begin to track an object that has no owners", () => {
    const object = update(aThing({ replicas: 1 }), { spec: { replicas: 2 }, manager: "editor", at: 1 });
    expect(object.metadata.managedFields).toBeUndefined();
  });

  it("merges the oldest updaters into ancient-changes from the eleventh on", () => {
    let object = create({ settings: { first: "0" } });
    for (let index = 1; index <= 12; index++) {
      const settings = { first: "0", ...Object.fromEntries(Array.from({ length: index }, (_, n) => [`k${n}`, "v"])) };
      object = update(object, { spec: { settings }, manager: `m${String(index).padStart(2, "0")}`, at: index });
    }
    const entries = object.metadata.managedFields ?? [];
    expect(entries).toHaveLength(10);
    expect(entries[0]).toMatchObject({ manager: "ancient-changes", time: timeOf(3) });
    expect(entries[0]?.fieldsV1).toMatchObject({
      "f:spec": { "f:settings": { "f:first": {}, "f:k0": {}, "f:k1": {}, "f:k2": {} } },
    });
  });
});

describe("trackUpdate across versions", () => {
  it("gives up tracking where a manager's version has no place for the object", () => {
    const v2 = { type: "object", properties: { spec: { type: "object", properties: { extra: { type: "string" } } } } };
    const registry = createSchemaRegistry({
      one: { ...schema.root, "x-kubernetes-group-version-kind": kinds("v1") },
      two: {
        ...v2,
        properties: { ...schema.root.properties, ...v2.properties },
        "x-kubernetes-group-version-kind": kinds("v2"),
      },
    });
    const newer = registry.forKind("example.com", "v2", "Thing") ?? schema;
    const live = { ...create({ replicas: 1 }), apiVersion: "example.com/v2", spec: {} };
    const updated = { ...live, spec: { extra: "x" } };
    const object = trackUpdate({ live, updated, manager: "editor", schema: newer, time: timeOf(1) });
    expect(object.metadata.managedFields).toBeUndefined();
  });
});

describe("keepTimestamps", () => {
  it("takes the old times when nothing else differs", () => {
    const live = create({ replicas: 1 });
    const later = trackUpdate({ updated: aThing({ replicas: 1 }), manager: "creator", schema, time: timeOf(9) });
    expect(keepTimestamps(live, later)).toEqual(live);
  });

  it("keeps the new times when the object differs", () => {
    const live = create({ replicas: 1 });
    const later = trackUpdate({ updated: aThing({ replicas: 2 }), manager: "creator", schema, time: timeOf(9) });
    expect(keepTimestamps(live, later)).toBe(later);
  });
});
