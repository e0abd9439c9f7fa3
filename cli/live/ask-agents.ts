import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import { type Answer, answerSchema } from "../../shared/protocol/answers.ts";
import { type CommandInput, textOption, UsageError } from "../command.ts";
import { fleetPath, type HubClient } from "../hub-client.ts";
import { listOf } from "../output.ts";

/** One bundle on one cluster. */
export interface LiveDeployment {
  readonly cluster: string;
  readonly bundle: string;
  /** Namespace and name of its BundleDeployment. */
  readonly namespace: string;
  readonly name: string;
  readonly state: string;
}

/** What one cluster said, or why it said nothing. */
export interface Heard<T> {
  readonly cluster: string;
  readonly said: T | undefined;
  readonly error: AppError | undefined;
}

/** Clusters that are asked at the same time. */
const parallelAsks = 8;

/** What an HTTP request may take beyond the time that the hub waits for the agent. */
const graceMs = 10_000;

export const timeoutOption = {
  type: "string",
  value: "SECONDS",
  description: "How long to wait for each cluster, 1 to 120. Default: 10, for comparisons and plans 30.",
} as const;

/** Returns `timeoutSeconds` for the hub's query, undefined when the option was not given; throws UsageError. */
export function timeoutSeconds(input: CommandInput): number | undefined {
  const text = textOption(input, "timeout");
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= 120) return seconds;
  throw new UsageError(`--timeout ${text}: give whole seconds from 1 to 120`);
}

/** Returns the deployments of a bundle or of a cluster in the client's workspace, by cluster. */
export async function findDeployments(
  hub: HubClient,
  { bundle, cluster }: { readonly bundle?: string | undefined; readonly cluster?: string | undefined },
): Promise<LiveDeployment[]> {
  const labels = [
    `fleet.cattle.io/bundle-namespace=${hub.namespace}`,
    ...(bundle === undefined ? [] : [`fleet.cattle.io/bundle-name=${bundle}`]),
    ...(cluster === undefined ? [] : [`fleet.cattle.io/cluster=${cluster}`]),
  ];
  const path = `${fleetPath("bundledeployments", "")}?labelSelector=${encodeURIComponent(labels.join(","))}`;
  const found = listOf((await hub.call({ path }))["items"])
    .filter(isJsonObject)
    .map(liveDeployment);
  return found.toSorted((a, b) => (a.cluster < b.cluster ? -1 : Number(a.cluster > b.cluster)));
}

function liveDeployment(object: JsonObject): LiveDeployment {
  const metadata = objectAt(object, "metadata");
  const labels = objectAt(metadata, "labels");
  return {
    cluster: textAt(labels, "fleet.cattle.io/cluster"),
    bundle: textAt(labels, "fleet.cattle.io/bundle-name"),
    namespace: textAt(metadata, "namespace"),
    name: textAt(metadata, "name"),
    state: textAt(objectAt(objectAt(object, "status"), "display"), "state"),
  };
}

/** Subresources of a BundleDeployment that ask its agent, with the kind of their answers. */
export const askedKinds = {
  diff: "diff",
  events: "events",
  inventory: "inventory",
  live: "object",
  logs: "logs",
  plan: "plan",
} as const satisfies Record<string, Answer["kind"]>;

/** Returns an agent's answer about a deployment; throws HUB_REFUSED with its words when it does not answer. */
export async function askDeployment<S extends keyof typeof askedKinds>(
  hub: HubClient,
  { namespace, name }: LiveDeployment,
  question: {
    readonly subresource: S;
    readonly query: Readonly<Record<string, string>>;
    readonly seconds: number | undefined;
  },
): Promise<AnswerTo<S>> {
  const { subresource, query, seconds } = question;
  const path = `${fleetPath("bundledeployments", namespace, name)}/${subresource}${queryText(query, seconds)}`;
  const body = await hub.call({ path, timeoutMs: (seconds ?? 30) * 1000 + graceMs });
  return answerIn(body, askedKinds[subresource]);
}

/** The answer to one subresource. */
export type AnswerTo<S extends keyof typeof askedKinds> = Extract<Answer, { readonly kind: (typeof askedKinds)[S] }>;

/** Returns the answer that an AgentAnswer holds; throws HUB_REFUSED when it is another one. */
export function answerIn<K extends Answer["kind"]>(body: JsonObject, kind: K): Extract<Answer, { readonly kind: K }> {
  const parsed = answerSchema.safeParse(body["answer"]);
  const isAsked = (answer: Answer): answer is Extract<Answer, { readonly kind: K }> => answer.kind === kind;
  if (parsed.success && isAsked(parsed.data)) return parsed.data;
  throw new AppError("HUB_REFUSED", "the hub's answer is of another version than this command: update the older one");
}

/** Returns the query of a question, `?` included; "" for none. */
export function queryText(query: Readonly<Record<string, string>>, seconds: number | undefined): string {
  const params = new URLSearchParams({
    ...query,
    ...(seconds === undefined ? {} : { timeoutSeconds: String(seconds) }),
  });
  return params.size === 0 ? "" : `?${params.toString()}`;
}

/** Asks several clusters side by side; one that does not answer does not keep the others from being heard. */
export async function askEach<A extends { readonly cluster: string }, T>(
  asked: readonly A[],
  ask: (one: A) => Promise<T>,
): Promise<Heard<T>[]> {
  const heard = new Map<number, Heard<T>>();
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < asked.length; index = next++) {
      const one = asked[index];
      if (one === undefined) return;
      try {
        heard.set(index, { cluster: one.cluster, said: await ask(one), error: undefined });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        heard.set(index, { cluster: one.cluster, said: undefined, error: toAppError(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallelAsks, asked.length) }, worker));
  return [...heard].toSorted(([a], [b]) => a - b).map(([, one]) => one);
}

function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

function textAt(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === "string" ? value : "";
}
