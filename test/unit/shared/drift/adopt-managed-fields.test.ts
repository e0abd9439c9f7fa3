import { expect, it } from "vitest";
import { adoptManagedFields } from "../../../../shared/drift/adopt-managed-fields.ts";

const from = new Set(["helm", "kubectl-client-side-apply"]);
const entry = (manager: string, fields: object, more: object = {}): Record<string, never> =>
  ({
    manager,
    operation: "Update",
    apiVersion: "v1",
    time: "2026-01-01T00:00:00Z",
    fieldsType: "FieldsV1",
    fieldsV1: fields,
    ...more,
  }) as unknown as Record<string, never>;

it("makes what several earlier managers own one entry of ours, for this version only", () => {
  const managedFields = [
    entry("helm", { "f:data": { ".": {}, "f:a": {} } }),
    entry("kubectl-client-side-apply", { "f:data": { "f:b": {} } }, { time: "2026-02-01T00:00:00Z" }),
    entry("kube-controller-manager", { "f:status": {} }, { subresource: "status" }),
  ];
  expect(adoptManagedFields({ name: "a", resourceVersion: "7", managedFields }, { manager: "drover", from })).toEqual([
    {
      op: "replace",
      path: "/metadata/managedFields",
      value: [
        managedFields[2],
        entry(
          "drover",
          { "f:data": { ".": {}, "f:a": {}, "f:b": {} } },
          { operation: "Apply", time: "2026-02-01T00:00:00Z" },
        ),
      ],
    },
    { op: "replace", path: "/metadata/resourceVersion", value: "7" },
  ]);
});

it("adds to what is ours already, and leaves our entry's version and time", () => {
  const ours = entry("drover", { "f:data": { "f:a": {} } }, { operation: "Apply" });
  const helm = entry("helm", { "f:data": { "f:b": {} } }, { apiVersion: "v2", time: "2026-03-01T00:00:00Z" });
  const patch = adoptManagedFields({ resourceVersion: "1", managedFields: [ours, helm] }, { manager: "drover", from });
  expect(patch?.[0]?.value).toEqual([{ ...ours, fieldsV1: { "f:data": { "f:a": {}, "f:b": {} } } }]);
});

it.each([
  ["nobody of before owns anything", [entry("somebody", {})]],
  ["only a subresource is theirs", [entry("helm", {}, { subresource: "status" })]],
  ["nothing is managed", []],
])("changes nothing where %s", (_title, managedFields) => {
  expect(adoptManagedFields({ resourceVersion: "1", managedFields }, { manager: "drover", from })).toBeUndefined();
});
