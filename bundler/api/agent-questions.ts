import { ApiError, badRequest } from "../../apiserver/resources/api-error.ts";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import type { CustomContext, Subresource } from "../../apiserver/resources/resource-definition.ts";
import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { printJson } from "../../codec/print-json.ts";
import { gitRepoSchema } from "../../shared/api/git-repo.ts";
import { fleetApiVersion, fleetGroup } from "../../shared/api/meta.ts";
import { AppError } from "../../shared/errors.ts";
import type { Answer } from "../../shared/protocol/answers.ts";
import type { DesiredDeployment } from "../../shared/protocol/desired-document.ts";
import type { ObjectName, QuestionKind } from "../../shared/protocol/questions.ts";
import type { AskedCluster, QuestionDesk, QuestionWish } from "../agents/question-desk.ts";
import type { ClusterPlan, CommitPlanner } from "../controllers/plan-commit.ts";
import { deploymentIn } from "../desired/desired-document.ts";
import type { Hub } from "../desired/hub.ts";
import { asApiError } from "./question-errors.ts";

/** What the subresources ask with. */
export interface AgentQuestionDeps {
  readonly hub: Hub;
  readonly desk: Pick<QuestionDesk, "ask">;
  readonly planner: CommitPlanner;
}

/** The kind of every answer. */
const answerKind = "AgentAnswer";

/** Seconds until nobody waits any more: dry runs of many objects take longer than reading one. */
const defaultSeconds: Readonly<Record<QuestionKind, number>> = {
  diff: 30,
  events: 10,
  inventory: 10,
  logs: 10,
  object: 10,
  plan: 30,
};
const maxSeconds = 120;

/**
 * Returns the subresources of a BundleDeployment that ask the cluster's agent, each to be granted apart: `live` (query
 * `group`, `kind`, `namespace`, `name`), `diff`, `events` and `logs` (the same query, optional), `inventory`, `plan`.
 * `timeoutSeconds` says how long to wait. 503: the agent is away; 504: it does not answer; 403: it refuses.
 */
export function deploymentQuestions(deps: AgentQuestionDeps): Readonly<Record<string, Subresource>> {
  const about = (make: (asked: AskedDeployment, context: CustomContext) => WishWithoutAsker): Subresource =>
    subresource(async (parent, context) => {
      const asked = askedDeployment(parent);
      const answer = await ask(deps, context, { cluster: asked.cluster, wish: make(asked, context) });
      return answerObject({ ...asked, name: context.name, namespace: context.namespace, answer });
    });
  return {
    live: about(({ bundle }, { query }) => ({ kind: "object", bundle, object: requiredObject(query) })),
    diff: about(({ bundle }) => ({ kind: "diff", bundle })),
    events: about(({ bundle }, { query }) => ({ kind: "events", bundle, ...optionalObject(query) })),
    logs: about(({ bundle }, { query }) => ({ kind: "logs", bundle, ...optionalObject(query) })),
    inventory: about(({ bundle }) => ({ kind: "inventory", bundle })),
    plan: about((asked) => ({ kind: "plan", deployments: currentDeployment(deps.hub, asked), remove: [] })),
  };
}

/**
 * Returns the subresources of a GitRepo: `plan` says what one cluster (query `cluster`) would get by a commit (`commit`: a
 * whole ID, branch, tag or ref); without a commit, what applying what is in force again would change. Nothing is saved.
 */
export function gitRepoQuestions(deps: AgentQuestionDeps): Readonly<Record<string, Subresource>> {
  return {
    plan: subresource(async (parent, context) => {
      const { namespace, name, query } = context;
      const cluster = required(query, "cluster");
      const gitRepo = gitRepoSchema.parse(withoutStatus(parent));
      const plan = await deps.planner.plan({ gitRepo, cluster, revision: query.get("commit") ?? undefined });
      const answer = await askPlan(deps, context, { plan, cluster: { namespace, name: cluster } });
      return {
        ...answerObject({ cluster: { namespace, name: cluster }, name, namespace, answer }),
        ...(plan.commit === undefined ? {} : { commit: plan.commit }),
        unchanged: plan.unchanged,
        faults: plan.faults.map((fault) => asJson(fault)),
      };
    }),
  };
}

async function askPlan(
  deps: AgentQuestionDeps,
  context: CustomContext,
  { plan, cluster }: { readonly plan: ClusterPlan; readonly cluster: AskedCluster },
): Promise<Answer> {
  const { deployments, remove, grants } = plan;
  // Nobody needs to be asked about nothing.
  if (deployments.length + remove.length === 0) return { kind: "plan", deployments: [] };
  const wish: WishWithoutAsker = { kind: "plan", deployments: [...deployments], remove: [...remove] };
  return withHeld(await ask(deps, context, { cluster, wish, grants }), plan);
}

/** Puts what the agent would remove at once under what waits, where the hub would not tell it to. */
function withHeld(answer: Answer, { held }: ClusterPlan): Answer {
  if (held === undefined || answer.kind !== "plan") return answer;
  const deployments = answer.deployments.map((deployment) => {
    if (!held.bundles.has(deployment.bundle)) return deployment;
    const kept = [...deployment.remove, ...deployment.held].map((object) => ({ ...object, reason: held.reason }));
    return { ...deployment, remove: [], held: kept, hooks: [] };
  });
  return { ...answer, deployments };
}

type WishWithoutAsker = WithoutAsker<QuestionWish>;
type WithoutAsker<W> = W extends QuestionWish ? Omit<W, "asker" | "withinMs"> : never;

async function ask(
  { desk }: AgentQuestionDeps,
  { user, query, openSignal }: CustomContext,
  {
    cluster,
    wish,
    grants = new Map(),
  }: {
    readonly cluster: AskedCluster;
    readonly wish: WishWithoutAsker;
    readonly grants?: ClusterPlan["grants"];
  },
): Promise<Answer> {
  const asker = { asker: user.name, withinMs: secondsOf(query, wish.kind) * 1000 };
  return desk.ask({ cluster, wish: { ...wish, ...asker }, grants, signal: openSignal() });
}

function subresource(serve: (parent: ApiObject, context: CustomContext) => Promise<JsonObject>): Subresource {
  return {
    type: "custom",
    verbs: ["get"],
    responseKind: { group: fleetGroup, version: "v1alpha1", kind: answerKind },
    serve: async (parent, _body, context) => {
      try {
        return await serve(parent, context);
      } catch (error) {
        throw error instanceof AppError ? asApiError(error) : error;
      }
    },
  };
}

interface AskedDeployment {
  readonly cluster: AskedCluster;
  /** `<workspace>/<bundle name>`. */
  readonly bundle: string;
}

function askedDeployment({ metadata: { labels = {} } }: ApiObject): AskedDeployment {
  const workspace = labels["fleet.cattle.io/cluster-namespace"] ?? "";
  return {
    cluster: { namespace: workspace, name: labels["fleet.cattle.io/cluster"] ?? "" },
    bundle: `${workspace}/${labels["fleet.cattle.io/bundle-name"] ?? ""}`,
  };
}

function currentDeployment(hub: Hub, { cluster, bundle }: AskedDeployment): DesiredDeployment[] {
  const { partition } = hub.workspace(cluster.namespace).status;
  const clusterClass = partition.classOf(cluster.name);
  const wanted = clusterClass === undefined ? undefined : deploymentIn(clusterClass, partition.bundles, bundle);
  if (wanted !== undefined) return [wanted];
  throw new ApiError("NotFound", `bundle ${bundle} is no longer aimed at cluster ${cluster.name}`);
}

function answerObject({
  cluster,
  bundle,
  name,
  namespace,
  answer,
}: {
  readonly cluster: AskedCluster;
  readonly bundle?: string;
  readonly name: string;
  readonly namespace: string;
  readonly answer: Answer;
}): JsonObject {
  return {
    apiVersion: fleetApiVersion,
    kind: answerKind,
    metadata: { namespace, name },
    cluster: cluster.name,
    ...(bundle === undefined ? {} : { bundle }),
    answer: asJson(answer),
  };
}

/** Returns a parsed value as JSON: absent fields are left out, and no digit of a number is lost. */
function asJson(value: unknown): JsonObject {
  const plain = parseJson(printJson(value));
  if (isJsonObject(plain)) return plain;
  throw new AppError("INTERNAL", "an answer is no object");
}

function withoutStatus({ status: _computed, ...stored }: ApiObject): Readonly<Record<string, unknown>> {
  return stored;
}

function required(query: URLSearchParams, key: string): string {
  const value = query.get(key) ?? "";
  if (value === "") throw badRequest(`the query must name ${key}`);
  return value;
}

function requiredObject(query: URLSearchParams): ObjectName {
  const [kind, name] = [required(query, "kind"), required(query, "name")];
  return { group: query.get("group") ?? "", kind, namespace: query.get("namespace") ?? "", name };
}

function optionalObject(query: URLSearchParams): { readonly object?: ObjectName } {
  return query.has("kind") || query.has("name") ? { object: requiredObject(query) } : {};
}

function secondsOf(query: URLSearchParams, kind: QuestionKind): number {
  const given = query.get("timeoutSeconds");
  if (given === null) return defaultSeconds[kind];
  const seconds = Number(given);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= maxSeconds) return seconds;
  throw badRequest(`timeoutSeconds must be a whole number from 1 to ${maxSeconds}`);
}
