import type { JsonValue } from "../../codec/json-value.ts";
import { stableJson } from "../../codec/stable-hash.ts";
import type { FieldDifference } from "./diff-object.ts";
import type { ManagedFieldsEntry } from "./managed-fields.ts";

/** What has become of a field that Git sets. */
export const driftClasses = ["by-hand", "by-controller", "deleted", "added", "unowned"] as const;

export type DriftClass = (typeof driftClasses)[number];

/** Field managers of tools that people use themselves, as `kubectl edit` and the user agents of browsers and desktop programs leave them. */
const toolsOfPeople =
  /^(?:kubectl(?:-.*)?|oc|helm|k9s|curl|lens|openlens|freelens|headlamp(?:-server)?|node-fetch|mozilla|dashboard|octant|postman.*)$/iu;

/**
 * Returns how a field came to differ: removed, added to a list or map that Git sets as a whole, changed with a tool of people or by a
 * controller; `unowned` where no manager owns up to the value.
 */
export function classifyField(
  { desired, live }: FieldDifference,
  writer: Pick<ManagedFieldsEntry, "manager"> | undefined,
): DriftClass {
  if (live === undefined || hasAllOf(desired, live)) return "deleted";
  if (desired === undefined || hasAllOf(live, desired)) return "added";
  if (writer === undefined || writer.manager === "") return "unowned";
  return toolsOfPeople.test(writer.manager) ? "by-hand" : "by-controller";
}

/** Whether a list has every entry of another one and more, in that order. */
function hasAllOf(long: JsonValue | undefined, short: JsonValue): boolean {
  if (!Array.isArray(long) || !Array.isArray(short) || long.length <= short.length) return false;
  const wanted = short.map((item) => stableJson(item));
  let found = 0;
  for (const item of long) if (found < wanted.length && stableJson(item) === wanted[found]) found++;
  return found === wanted.length;
}
