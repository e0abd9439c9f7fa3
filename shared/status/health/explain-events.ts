import { isJsonObject } from "../../../codec/json-value.ts";
import type { KubeObject } from "../../api/meta.ts";
import { numberAt, textAt } from "./read-fields.ts";

/** Ordinary events that say what an object waits for. */
const waitingReasons: ReadonlySet<string> = new Set(["ExternalProvisioning", "WaitForFirstConsumer"]);

/** What the object's status says better itself. */
const repeatedReasons: ReadonlySet<string> = new Set(["BackOff"]);

/** Longer messages of events are cut. */
const maxLength = 400;

/**
 * Returns what the latest Event that tells of trouble says, with how often it was seen; undefined when none does.
 * Warnings go before the ordinary ones that merely say what is waited for.
 */
export function explainEvents(events: readonly KubeObject[]): string | undefined {
  const telling = events.filter((event) => {
    const reason = fieldOf(event, "reason");
    return (fieldOf(event, "type") === "Warning" && !repeatedReasons.has(reason)) || waitingReasons.has(reason);
  });
  const [latest] = telling.toSorted(
    (a, b) => Number(isWarning(b)) - Number(isWarning(a)) || timeOf(b).localeCompare(timeOf(a)),
  );
  if (latest === undefined) return undefined;
  const message = fieldOf(latest, "message").trim();
  const cut = message.length > maxLength ? `${message.slice(0, maxLength)}…` : message;
  const count = countOf(latest);
  return `${fieldOf(latest, "reason")}: ${cut}${count > 1 ? ` (seen ${count} times)` : ""}`;
}

function isWarning(event: KubeObject): boolean {
  return fieldOf(event, "type") === "Warning";
}

/** Events of the older API have `lastTimestamp` and `count`, those of events.k8s.io `eventTime` and `series`. */
function timeOf(event: KubeObject): string {
  const series = isJsonObject(event["series"]) ? textAt(event["series"], "lastObservedTime") : "";
  return (
    series || fieldOf(event, "lastTimestamp") || fieldOf(event, "eventTime") || (event.metadata.creationTimestamp ?? "")
  );
}

function countOf(event: KubeObject): number {
  const series = isJsonObject(event["series"]) ? numberAt(event["series"], "count") : undefined;
  return series ?? (typeof event["count"] === "number" ? event["count"] : 1);
}

function fieldOf(event: KubeObject, name: string): string {
  const value = event[name];
  return typeof value === "string" ? value : "";
}
