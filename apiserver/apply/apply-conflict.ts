import { ApiError } from "../resources/api-error.ts";
import { compareBytes, quoteGoString } from "../resources/go-text.ts";
import { listPaths, type FieldSet } from "./field-set.ts";
import type { ManagerIdentity, Owners } from "./managed-fields.ts";
import { formatPath } from "./path-element.ts";

/** Fields of other managers that an apply would change, by manager key. */
export type Conflicts = ReadonlyMap<string, FieldSet>;

/**
 * Returns 409 `Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas`, with a cause
 * `FieldManagerConflict` for each field; several conflicts are listed by manager.
 */
export function applyConflict(conflicts: Conflicts, owners: Owners): ApiError {
  const all = [...conflicts]
    .sort(([left], [right]) => compareBytes(left, right))
    .flatMap(([key, fields]) => {
      const owner = owners.get(key);
      return owner === undefined ? [] : [{ name: describeManager(owner), paths: listPaths(fields).map(formatPath) }];
    });
  const causes = all.flatMap(({ name, paths }) =>
    paths.map((field) => ({ reason: "FieldManagerConflict", message: `conflict with ${name}`, field })),
  );
  return new ApiError("Conflict", conflictMessage(all), { details: { causes } });
}

function conflictMessage(all: readonly { readonly name: string; readonly paths: readonly string[] }[]): string {
  const count = all.reduce((sum, { paths }) => sum + paths.length, 0);
  const [first] = all;
  if (count === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${first.name}: ${first.paths.join("")}`;
  }
  const lines = all.flatMap(({ name, paths }) => [`conflicts with ${name}:`, ...paths.map((path) => `- ${path}`)]);
  return `Apply failed with ${count} conflicts: ${lines.join("\n")}`;
}

function describeManager({ manager, operation, apiVersion, subresource }: ManagerIdentity): string {
  const where = subresource === "" ? "" : ` with subresource ${quoteGoString(subresource)}`;
  const how = operation === "Update" ? ` using ${apiVersion}` : "";
  return `${quoteGoString(manager)}${where}${how}`;
}
