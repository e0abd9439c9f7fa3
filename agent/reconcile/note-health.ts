import type { KubeObject } from "../../shared/api/meta.ts";
import { refOf, type ObjectKey } from "../../shared/drift/inventory-entry.ts";
import { assessHealth } from "../../shared/status/assess-health.ts";
import { expectReason, explainedMessage } from "./explain-problems.ts";
import type { Pass } from "./pass.ts";

/** Remembers whether a live object is ready, for status. */
export async function noteHealth({ record, rendered, deps }: Pass, key: ObjectKey, live: KubeObject): Promise<void> {
  const ignoreConditions = rendered.options.ignore?.conditions ?? [];
  const rules = await deps.healthRules.rulesFor(rendered.options);
  const { ready, message } = assessHealth(live, { ignoreConditions, rule: rules.ruleOf(live) });
  if (ready) {
    record.notReady.delete(key);
    record.explanations.delete(key);
    return;
  }
  const explanation = expectReason(record.explanations.get(key), live, { message, nowMs: deps.clock.elapsed() });
  record.explanations.set(key, explanation);
  record.notReady.set(key, { ...refOf(live), message: explainedMessage(explanation) });
}
