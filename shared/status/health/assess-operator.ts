import { isJsonObject, type JsonValue } from "../../../codec/json-value.ts";
import type { KubeObject } from "../../api/meta.ts";
import { groupOf } from "../../render/built-in-kinds.ts";
import { assessConditions } from "./assess-conditions.ts";
import { notReady, type Health } from "./health.ts";
import { operatorRules, type OperatorRule } from "./operator-rules.ts";
import { conditionsIn, conditionsOf, listAt, specFields, statusFields, type Condition } from "./read-fields.ts";

/** Returns the health of a custom resource: by the rule of its operator where one is known, and by its conditions. */
export function assessOperator(object: KubeObject): Health {
  const kinds = operatorRules[groupOf(object.apiVersion)];
  const rule = kinds !== undefined && Object.hasOwn(kinds, object.kind) ? kinds[object.kind] : undefined;
  if (rule === undefined) return assessConditions(object);
  if (rule.stoppedBy !== undefined && specFields(object)[rule.stoppedBy] === true) return assessConditions(object);
  return (
    assessField(object, rule) ??
    assessAll(conditionsOf(object), rule.conditions ?? [], reasonOf(object, rule)) ??
    assessEach(object, rule) ??
    assessRun(object, rule) ??
    assessConditions(object)
  );
}

const unseen = notReady("its controller has not looked at it yet");

function assessField(object: KubeObject, rule: OperatorRule): Health | undefined {
  if (rule.field === undefined) return undefined;
  const { path, good } = rule.field;
  const value = valueAt(object, path);
  if (value === undefined || value === "") return unseen;
  if (good.includes(String(value))) return undefined;
  const reason = reasonOf(object, rule);
  return notReady(`${path.join(".")} is ${String(value)}${reason && `: ${reason}`}`);
}

function assessAll(conditions: readonly Condition[], wanted: readonly string[], reason: string): Health | undefined {
  for (const type of wanted) {
    const condition = conditions.find((entry) => entry.type === type);
    if (condition === undefined) return unseen;
    if (condition.status === "True") continue;
    return notReady(condition.message || reason || `${type} is ${condition.status}: ${condition.reason}`);
  }
  return undefined;
}

function assessEach(object: KubeObject, { each }: OperatorRule): Health | undefined {
  if (each === undefined) return undefined;
  const entries = listAt(statusFields(object), each.list);
  if (entries.length === 0) return unseen;
  return entries
    .map((entry) => assessAll(conditionsIn(entry), each.conditions, ""))
    .find((health) => health !== undefined);
}

function assessRun(object: KubeObject, { notFalse }: OperatorRule): Health | undefined {
  if (notFalse === undefined) return undefined;
  const condition = conditionsOf(object).find(({ type }) => type === notFalse);
  if (condition === undefined) return unseen;
  return condition.status === "False" ? notReady(`failed: ${condition.message || condition.reason}`) : undefined;
}

function reasonOf(object: KubeObject, { reason }: OperatorRule): string {
  const value = reason === undefined ? undefined : valueAt(object, reason);
  return typeof value === "string" ? value : "";
}

function valueAt(object: KubeObject, path: readonly string[]): string | boolean | number | undefined {
  let value: JsonValue | undefined = statusFields(object);
  for (const step of path) value = isJsonObject(value) ? value[step] : undefined;
  return typeof value === "string" || typeof value === "boolean" || typeof value === "number" ? value : undefined;
}
