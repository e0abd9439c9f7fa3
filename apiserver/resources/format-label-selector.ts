import type { JsonObject } from "../../codec/json-value.ts";
import { labelSelectorOf } from "./label-selector.ts";
import type { Requirement } from "./selector-requirement.ts";

/** Returns a LabelSelector (`matchLabels`, `matchExpressions`) as the text that query strings take: `app=web,tier in (a,b)`. */
export function formatLabelSelector(selector: JsonObject): string {
  return labelSelectorOf(selector).requirements.map(formatRequirement).join(",");
}

function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case "exists":
      return key;
    case "!":
      return `!${key}`;
    case "in":
    case "notin":
      return values.length === 1 && operator === "in"
        ? `${key}=${values.join("")}`
        : `${key} ${operator} (${values.toSorted().join(",")})`;
    case "=":
    case "==":
    case "!=":
      return `${key}${operator}${values.join("")}`;
    case "gt":
    case "lt":
      return `${key}${operator === "gt" ? ">" : "<"}${values.join("")}`;
  }
}
