import type { KubeObject } from "../../shared/api/meta.ts";
import { refOf, type ObjectKey } from "../../shared/drift/inventory-entry.ts";
import { assessHealth } from "../../shared/status/assess-health.ts";
import type { Pass } from "./pass.ts";

/** Remembers whether a live object is ready, for status. */
export function noteHealth({ record, rendered }: Pass, key: ObjectKey, live: KubeObject): void {
  const ignoreConditions = rendered.options.ignore?.conditions ?? [];
  const { ready, message } = assessHealth(live, { ignoreConditions });
  if (ready) record.notReady.delete(key);
  else record.notReady.set(key, { ...refOf(live), message });
}
