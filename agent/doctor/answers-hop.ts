import type { AgentConfig } from "../config.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { type Hop, HopFault } from "./hop.ts";
import { missingRights, type Right } from "./right.ts";

const pods: Right = { verb: "list", group: "", resource: "pods" };
const events: Right = { verb: "list", group: "", resource: "events" };
const logs: Right = { verb: "get", group: "", resource: "pods", subresource: "log" };

/**
 * Returns the hop that tries the rights by which the agent finds out why something is not ready, for status and for who asks. It
 * stands last: without them everything is applied all the same.
 */
export function answersHop(
  client: KubeClient,
  { showLogs, answerEvents, answerLogs }: Pick<AgentConfig, "answerEvents" | "answerLogs" | "showLogs">,
): Hop {
  return {
    name: "answers",
    try: async () => {
      const wantsLogs = showLogs || answerLogs;
      const wanted = [pods, events, ...(wantsLogs ? [logs] : [])];
      const missing = await missingRights(client, wanted);
      if (missing.length > 0) {
        const isLogs = missing.some((right) => right.endsWith("/log"));
        throw new HopFault(
          `the agent may not: ${missing.join("; ")}; it cannot say ${isLogs ? "what pods logged" : "why something is not ready"}`,
          "apply the manifest of `drover agent install` again" +
            (isLogs
              ? ", or turn off what needs it: --show-logs=false, --answer-logs=false (`--hide-logs` of the install)"
              : ""),
        );
      }
      const asked = [...(answerEvents ? ["Events"] : []), ...(answerLogs ? ["log lines"] : [])];
      const told =
        asked.length === 0 ? "nobody who asks is told Events or log lines" : `who asks is told ${asked.join(" and ")}`;
      return `the agent finds out why something is not ready; ${told}`;
    },
  };
}
