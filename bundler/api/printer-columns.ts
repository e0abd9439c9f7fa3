import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { fieldAt } from "../../apiserver/resources/json-fields.ts";
import type { PrinterColumn } from "../../apiserver/resources/resource-definition.ts";
import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";

/** Returns a column that shows a field; a `date` is shown as an age. */
export function fieldColumn(
  name: string,
  path: readonly string[],
  options: { readonly type?: string; readonly priority?: number } = {},
): PrinterColumn {
  return {
    name,
    type: options.type ?? "string",
    priority: options.priority ?? 0,
    cell: (object) => fieldAt(object, ...path),
  };
}

/** Returns Fleet's Status column: the message of the Ready condition, "" when all is well. */
export function statusColumn(): PrinterColumn {
  return { name: "Status", type: "string", cell: readyMessage };
}

/** Age of the object, as for every kind. */
export const ageColumn: PrinterColumn = fieldColumn("Age", ["metadata", "creationTimestamp"], { type: "date" });

function readyMessage(object: ApiObject): JsonValue | undefined {
  const conditions = fieldAt(object, "status", "conditions");
  if (!Array.isArray(conditions)) return undefined;
  const ready: JsonValue | undefined = conditions.find(
    (condition: JsonValue) => isJsonObject(condition) && condition["type"] === "Ready",
  );
  return isJsonObject(ready) ? (ready["message"] ?? "") : undefined;
}
