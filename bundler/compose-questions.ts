import type { Subresource } from "../apiserver/resources/resource-definition.ts";
import type { HubMetrics } from "../shared/runtime/hub-metrics.ts";
import { createQuestionDesk, type QuestionDesk } from "./agents/question-desk.ts";
import { deploymentQuestions, gitRepoQuestions } from "./api/agent-questions.ts";
import { type CommitPlannerDeps, createCommitPlanner } from "./controllers/plan-commit.ts";
import type { GitSource } from "./git/git-source.ts";
import { resolveRevision } from "./git/resolve-revision.ts";

/** What questions to agents are made of. */
export interface QuestionsDeps extends Omit<CommitPlannerDeps, "remoteOf" | "resolve"> {
  readonly gitRepos: Pick<CommitPlannerDeps, "remoteOf">;
  readonly git: Pick<GitSource, "askRefs">;
  readonly metrics: Pick<HubMetrics, "question">;
}

/** The desk where agents fetch questions, and the subresources that put them there, by plural. */
export interface Questions {
  readonly desk: QuestionDesk;
  readonly subresources: Readonly<Record<"bundledeployments" | "gitrepos", Readonly<Record<string, Subresource>>>>;
}

/** Joins the desk, the planner of commits, and the API that asks; dispose the desk to end what is open. */
export function composeQuestions({ git, gitRepos, metrics, ...deps }: QuestionsDeps): Questions {
  const { hub } = deps;
  const desk = createQuestionDesk({
    presenceOf: ({ namespace, name }) => hub.workspace(namespace).status.reportOf(name),
    wake: ({ namespace, name }) => hub.workspace(namespace).waiters.wakeCluster(name),
    metrics,
  });
  const planner = createCommitPlanner({
    ...deps,
    remoteOf: gitRepos.remoteOf,
    resolve: async (remote, revision, signal) => resolveRevision(git.askRefs, remote, { revision, signal }),
  });
  const asking = { hub, desk, planner };
  return {
    desk,
    subresources: { bundledeployments: deploymentQuestions(asking), gitrepos: gitRepoQuestions(asking) },
  };
}
