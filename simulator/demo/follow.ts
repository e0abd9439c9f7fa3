import { isJsonObject, type JsonObject, type JsonValue } from "../../codec/json-value.ts";
import type { Demo } from "./start-demo.ts";

/** Something that happened in the demo. */
export interface DemoEvent {
  readonly text: string;
  /** Milliseconds since the last push; undefined when nothing was pushed lately. */
  readonly sincePushMs: number | undefined;
}

const api = "/apis/fleet.cattle.io/v1alpha1";
/** Events later than this after a push have other causes. */
const longAfterMs = 60_000;
const onePushMs = 250;

/** Watches the hub and tells what happens: commits seen, bundles and clusters changing state. Ends with the signal. */
export async function followDemo(demo: Demo, tell: (event: DemoEvent) => void, signal: AbortSignal): Promise<void> {
  let pushedMs: number | undefined;
  demo.onPush(() => {
    // Before a large push git asks once whether it may: two requests, one push.
    if (pushedMs !== undefined && performance.now() - pushedMs < onePushMs) return;
    pushedMs = performance.now();
    tell({ text: "push received by the Git server", sincePushMs: 0 });
  });
  const say = (text: string): void => {
    const since = pushedMs === undefined ? undefined : performance.now() - pushedMs;
    tell({ text, sincePushMs: since !== undefined && since < longAfterMs ? since : undefined });
  };
  const commits = new Map<string, string>();
  const states = new Map<string, string>();
  await Promise.all([
    demo.hub.watch(
      `${api}/gitrepos`,
      (_type, object) => {
        const name = textAt(object, "metadata", "name");
        const commit = textAt(object, "status", "commit");
        if (commit === "" || commits.get(name) === commit) return;
        commits.set(name, commit);
        say(`gitrepo/${name}: commit ${commit.slice(0, 12)} is in force`);
      },
      signal,
    ),
    demo.hub.watch(
      `${api}/bundledeployments`,
      (type, object) => {
        const labels = valueAt(object, "metadata", "labels");
        const cluster = isJsonObject(labels) ? textAt(labels, "fleet.cattle.io/cluster") : "";
        const key = `${cluster}: ${textAt(object, "metadata", "name")}`;
        const state = type === "DELETED" ? "removed" : describeState(object);
        if (states.get(key) === state) return;
        states.set(key, state);
        say(`${key} ${state}`);
      },
      signal,
    ),
  ]);
}

function describeState(deployment: JsonObject): string {
  const state = textAt(deployment, "status", "display", "state");
  const conditions = valueAt(deployment, "status", "conditions");
  const ready = Array.isArray(conditions)
    ? conditions.find((condition: JsonValue) => isJsonObject(condition) && condition["type"] === "Ready")
    : undefined;
  const message = isJsonObject(ready) && typeof ready["message"] === "string" ? ` (${ready["message"]})` : "";
  return `${state}${message}`;
}

/** Returns the text at a path, "" when there is none. */
export function textAt(object: JsonObject, ...path: readonly string[]): string {
  const value = valueAt(object, ...path);
  return typeof value === "string" ? value : "";
}

/** Returns the value at a path. */
export function valueAt(object: JsonObject, ...path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = object;
  for (const key of path) value = isJsonObject(value) ? value[key] : undefined;
  return value;
}
