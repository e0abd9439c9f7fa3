import { describe, expect, it } from "vitest";
import { createPresentation } from "../../../../bundler/store/presentation.ts";

const key = { resource: "g/things", namespace: "w", name: "a" } as const;
const object = { apiVersion: "g/v1", kind: "Thing", metadata: { name: "a", namespace: "w", resourceVersion: "5" } };

describe("createPresentation", () => {
  it("gives an object a new version when its computed status changes, and none when it does not", () => {
    let state = "a";
    const presentation = createPresentation();
    presentation.add(key.resource, () => ({ state }));
    expect(presentation.written(key, object)).toEqual({ ...object, status: { state: "a" } });
    expect(presentation.touched(key, object, () => 9)).toBeUndefined();
    state = "b";
    expect(presentation.touched(key, object, () => 9)).toMatchObject({
      type: "updated",
      resourceVersion: "9",
      object: { status: { state: "b" } },
    });
    expect(presentation.show(key, object)).toMatchObject({
      metadata: { resourceVersion: "9" },
      status: { state: "b" },
    });
    expect(presentation.shownVersion(key, { ...object, metadata: { ...object.metadata, resourceVersion: "12" } })).toBe(
      "12",
    );
    presentation.forget(key);
    expect(presentation.shownVersion(key, object)).toBe("5");
  });

  it("counts a kind as watched while somebody watches, or has just listed it", () => {
    const presentation = createPresentation();
    presentation.add(key.resource, () => ({}));
    const [first, second] = [new AbortController(), new AbortController()];
    presentation.watchStarted(key.resource, first.signal);
    presentation.watchStarted(key.resource, second.signal);
    presentation.watchStarted(key.resource, AbortSignal.abort());
    first.abort();
    expect(presentation.isWatched(key.resource)).toBe(true);
    second.abort();
    expect(presentation.isWatched(key.resource)).toBe(false);
    presentation.listed("g/plain");
    presentation.listed(key.resource);
    expect([presentation.isWatched(key.resource), presentation.isWatched("g/plain")]).toEqual([true, false]);
  });
});
