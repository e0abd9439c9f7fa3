import { describe, expect, it } from "vitest";
import { hideFields, hideSecrets } from "../../../../shared/drift/hide-secrets.ts";

const secret = { apiVersion: "v1", kind: "Secret" } as const;

describe("hideSecrets", () => {
  it("hides every value of data and stringData, and all annotations of a Secret", () => {
    const shown = hideSecrets({
      ...secret,
      metadata: { name: "login", labels: { app: "web" }, annotations: { copy: "aHVudGVyMg==" }, managedFields: [] },
      type: "Opaque",
      data: { password: "aHVudGVyMg==" },
      stringData: { user: "ann" },
    });
    expect(shown).toEqual({
      ...secret,
      metadata: { name: "login", labels: { app: "web" }, annotations: { copy: "[hidden]" } },
      type: "Opaque",
      data: { password: "[hidden]" },
      stringData: { user: "[hidden]" },
    });
  });

  it("hides what stands in the place of a Secret's map", () => {
    expect(hideSecrets({ ...secret, metadata: {}, data: "aHVudGVyMg==" })).toEqual({
      ...secret,
      metadata: {},
      data: "[hidden]",
    });
  });

  it.each(["kubectl.kubernetes.io/last-applied-configuration", "objectset.rio.cattle.io/applied"])(
    "leaves out the copy of any object in %s",
    (key) => {
      const object = {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { annotations: { [key]: "{}", note: "x" } },
        data: { a: "b" },
      };
      expect(hideSecrets(object)).toEqual({ ...object, metadata: { annotations: { note: "x" } } });
    },
  );

  it("does not take another group's Secret for one", () => {
    const object = { apiVersion: "example.com/v1", kind: "Secret", metadata: {}, data: { a: "b" } };
    expect(hideSecrets(object)).toEqual(object);
  });
});

describe("hideFields", () => {
  it("hides both sides of a Secret's fields, labels aside", () => {
    const fields = [
      { path: "data.password", desired: "a", live: "b" },
      { path: "metadata.annotations.copy", live: "b" },
      { path: "metadata.labels.app", desired: "web" },
    ];
    expect(hideFields(secret, fields)).toEqual([
      { path: "data.password", desired: "[hidden]", live: "[hidden]" },
      { path: "metadata.annotations.copy", live: "[hidden]" },
      { path: "metadata.labels.app", desired: "web" },
    ]);
    expect(hideFields({ apiVersion: "v1", kind: "ConfigMap" }, fields)).toEqual(fields);
  });
});
