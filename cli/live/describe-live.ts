import { printGoYaml } from "../../codec/print-go-yaml.ts";
import { describeEntry } from "../../shared/drift/inventory-entry.ts";
import { AppError } from "../../shared/errors.ts";
import { UsageError } from "../command.ts";
import type { HubClient } from "../hub-client.ts";
import { asJson } from "../offline/target-view.ts";
import { printColumns } from "../output.ts";
import { askDeployment, askEach, type AnswerTo, type Heard, type LiveDeployment } from "./ask-agents.ts";

/** What is asked of each deployment. */
export interface LiveWish {
  /** Only this object, whole: `Deployment/shop/web`, or `Kind/name` where the name is enough. */
  readonly object: string | undefined;
  readonly seconds: number | undefined;
}

/** Returns for people how deployments are now, as their agents say: what is not ready, its Events and last log lines. */
export async function describeLive(
  hub: HubClient,
  deployments: readonly LiveDeployment[],
  wish: LiveWish,
): Promise<Heard<string>[]> {
  return askEach(deployments, async (deployment) => {
    const look = { hub, deployment, seconds: wish.seconds };
    const owned = await askDeployment(hub, deployment, { subresource: "inventory", query: {}, seconds: wish.seconds });
    const heading = `${deployment.cluster}/${deployment.bundle}:`;
    const lines =
      wish.object === undefined
        ? await deploymentLines(look, owned)
        : await objectLines(look, findOwned(owned, wish.object, heading));
    return [heading, ...lines.map((line) => `  ${line}`.trimEnd())].join("\n");
  });
}

interface Look {
  readonly hub: HubClient;
  readonly deployment: LiveDeployment;
  readonly seconds: number | undefined;
}

type Owned = AnswerTo<"inventory">["objects"][number];

async function deploymentLines(look: Look, { objects, cut }: AnswerTo<"inventory">): Promise<string[]> {
  const broken = objects.filter(({ state }) => state !== "ready" && state !== "unread");
  const count = `${objects.length + (cut ?? 0)} objects, ${broken.length} not ready`;
  if (broken.length === 0) return [count];
  const rows = broken.map((entry) => [describeEntry(entry), entry.state, entry.message ?? ""]);
  const table = printColumns(["OBJECT", "STATE", "MESSAGE"], rows).split("\n");
  return [count, ...table, ...(await eventLines(look, {})), ...(await logLines(look, {}))];
}

async function objectLines(look: Look, entry: Owned): Promise<string[]> {
  const { group, kind, namespace, name } = entry;
  const query = { group, kind, namespace, name };
  const { hub, deployment, seconds } = look;
  const { object } = await askDeployment(hub, deployment, { subresource: "live", query, seconds });
  const yaml = printGoYaml(asJson(object)).trimEnd().split("\n");
  return [...yaml, ...(await eventLines(look, query)), ...(await logLines(look, query))];
}

function findOwned({ objects }: AnswerTo<"inventory">, words: string, heading: string): Owned {
  const [kind = "", ...rest] = words.split("/");
  const name = rest.at(-1) ?? "";
  const namespace = rest.length > 1 ? rest[0] : undefined;
  if (name === "" || rest.length > 2) throw new UsageError(`--object ${words}: write KIND/NAME or KIND/NAMESPACE/NAME`);
  const found = objects.filter(
    (entry) =>
      entry.kind.toLowerCase() === kind.toLowerCase() &&
      entry.name === name &&
      (namespace === undefined || entry.namespace === namespace),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const problem = only === undefined ? "owns no such object" : "owns several such objects, name the namespace";
  throw new AppError("HUB_REFUSED", `${heading} ${problem}: ${words}`);
}

type Query = Readonly<Record<string, string>>;

async function eventLines({ hub, deployment, seconds }: Look, query: Query): Promise<string[]> {
  return orWhyNot("events", async () => {
    const { objects } = await askDeployment(hub, deployment, { subresource: "events", query, seconds });
    return objects.flatMap(({ reason, events, ...object }) => {
      const rows = events.map((event) => [
        event.lastSeen,
        event.type,
        event.reason,
        `${event.object}: ${event.message}${event.count > 1 ? ` (seen ${event.count} times)` : ""}`,
      ]);
      const why = reason === undefined ? [] : [`${describeEntry(object)}: ${reason}`];
      if (rows.length === 0) return why;
      return [
        ...why,
        `Events of ${describeEntry(object)}:`,
        ...printColumns(["SEEN", "TYPE", "REASON", "MESSAGE"], rows).split("\n"),
      ];
    });
  });
}

async function logLines({ hub, deployment, seconds }: Look, query: Query): Promise<string[]> {
  return orWhyNot("logs", async () => {
    const { logs } = await askDeployment(hub, deployment, { subresource: "logs", query, seconds });
    return logs.flatMap(({ namespace, pod, container, previous, lines, message }) => {
      const run = previous ? ", the run before" : "";
      const heading = `Log of ${namespace}/${pod}, container ${container}${run}:`;
      return [heading, ...(message === undefined ? lines : [message]).map((line) => `  ${line}`)];
    });
  });
}

/** What a cluster does not tell is no reason to keep back the rest. */
async function orWhyNot(what: string, read: () => Promise<string[]>): Promise<string[]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError && error.code === "HUB_REFUSED") return [`no ${what}: ${error.message}`];
    throw error;
  }
}
