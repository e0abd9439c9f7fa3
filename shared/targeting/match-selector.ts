import type { LabelSelector, SelectorRequirement } from "../api/label-selector.ts";
import { AppError } from "../errors.ts";
import { isLabelKey, isLabelValue } from "../metadata-rules.ts";

/** Labels of a cluster, group, bundle or namespace. */
export type Labels = Readonly<Record<string, string>>;

/** Says whether labels satisfy a selector. */
export type LabelMatcher = (labels: Labels) => boolean;

/** One thing that a selector asks about labels: a key, and the values of it that make a difference. */
export interface SelectorAtom {
  readonly key: string;
  /** Values the selector tells apart; empty: only whether the label is there matters. */
  readonly values: readonly string[];
}

function invalid(message: string): AppError {
  return new AppError("TARGET_SELECTOR_INVALID", message, { verdict: "stalled" });
}

function checkKey(key: string): void {
  if (!isLabelKey(key)) throw invalid(`"${key}" is no valid label key in a selector`);
}

function checkValue(key: string, value: string): void {
  if (isLabelValue(value)) return;
  throw invalid(
    `"${value}" is no valid label value for "${key}" in a selector; letters, digits, "-", "_" and "." are allowed`,
  );
}

function compileRequirement(requirement: SelectorRequirement): LabelMatcher {
  const { key, operator } = requirement;
  const values = requirement.values ?? [];
  const has = (labels: Labels): boolean => Object.hasOwn(labels, key);
  switch (operator) {
    case "In":
    case "NotIn": {
      if (values.length === 0) throw invalid(`operator ${operator} for label "${key}" needs values`);
      checkKey(key);
      for (const value of values) checkValue(key, value);
      const wanted = new Set(values);
      if (operator === "In") return (labels) => has(labels) && wanted.has(labels[key] ?? "");
      return (labels) => !has(labels) || !wanted.has(labels[key] ?? "");
    }
    case "Exists":
    case "DoesNotExist":
      if (values.length > 0) throw invalid(`operator ${operator} for label "${key}" takes no values`);
      checkKey(key);
      return operator === "Exists" ? has : (labels) => !has(labels);
    default:
      throw invalid(`"${operator}" is no selector operator; use In, NotIn, Exists or DoesNotExist`);
  }
}

function requirementsOf(selector: LabelSelector): readonly SelectorRequirement[] {
  const exact = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: "In",
    values: [value],
  }));
  return [...exact, ...(selector.matchExpressions ?? [])];
}

/**
 * Returns a test of labels against a Kubernetes label selector (apimachinery: `LabelSelectorAsSelector`): all parts must
 * hold, the empty selector matches everything. Throws TARGET_SELECTOR_INVALID for a bad operator, key or value.
 */
export function compileSelector(selector: LabelSelector): LabelMatcher {
  const tests = requirementsOf(selector).map(compileRequirement);
  return (labels) => tests.every((test) => test(labels));
}

/** Returns what is wrong with a selector, undefined when nothing is. */
export function selectorFault(selector: LabelSelector): AppError | undefined {
  try {
    compileSelector(selector);
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** Returns the label keys and values that decide about a selector; two clusters equal in these match alike. */
export function selectorAtoms(selector: LabelSelector): readonly SelectorAtom[] {
  return requirementsOf(selector).map(({ key, operator, values }) => ({
    key,
    values: operator === "In" || operator === "NotIn" ? (values ?? []) : [],
  }));
}
