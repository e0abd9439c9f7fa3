import type { FieldSet } from "./field-set.ts";
import { fieldNameOf, isKeyElement, type PathElement } from "./path-element.ts";
import type { Structure, StructureRef } from "./structure.ts";

/**
 * Returns the set with every struct field on the way to one of its paths as a member too, so that a field and what
 * lies below it go together (Set.EnsureNamedFieldsAreMembers of structured-merge-diff).
 */
export function withNamedMembers(set: FieldSet, type: StructureRef | undefined): FieldSet {
  const structure = type?.() ?? {};
  const members = new Set(set.members);
  const children = new Map<PathElement, FieldSet>();
  for (const [step, child] of set.children) {
    const name = fieldNameOf(step);
    if (name !== undefined && structure.map?.fields.has(name) === true) members.add(step);
    children.set(step, withNamedMembers(child, stepType(structure, step)));
  }
  return { members, children };
}

function stepType(structure: Structure, step: PathElement): StructureRef | undefined {
  const name = fieldNameOf(step);
  if (name !== undefined) return structure.map?.fields.get(name)?.type ?? structure.map?.element;
  return isKeyElement(step) ? structure.list?.element : undefined;
}
