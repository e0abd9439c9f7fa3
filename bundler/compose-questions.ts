import type { Subresource } from "../apiserver/resources/resource-definition.ts";
import { createQuestionDesk, type QuestionDesk } from "./agents/question-desk.ts";
import { deploymentQuestions, gitRepoQuestions } from "./api/agent-questions.ts";
import { type CommitPlannerDeps, createCommitPlanner } from "./controllers/plan-commit.ts";
import type { GitSource } from "./git/git-source.ts";
import { resolveRevision } from "./git/resolve-revision.ts";

/** What questions to agents are made of. */
export interface QuestionsDeps extends Omit<CommitPlannerDeps, "resolve"> {
  readonly git: Pick<GitSource, "askRefs">;
}

/** The desk where agents fetch questions, and the subresources that put them there, by plural. */
export interface Questions {
  readonly desk: QuestionDesk;
  readonly subresources: Readonly<Record<"bundledeployments" | "gitrepos", Readonly<Record<string, Subresource>>>>;
}

/** Joins the desk, the planner of commits, and the API that asks; dispose the desk to end what is open. */
export function composeQuestions({ git, ...deps }: QuestionsDeps): Questions {
  const { hub } = deps;
  const desk = createQuestionDesk({
    presenceOf: ({ namespace, name }) => hub.workspace(namespace).status.reportOf(name),
    wake: ({ namespace, name }) => hub.workspace(namespace).waiters.wakeCluster(name),
  });
  const planner = createCommitPlanner({
    ...deps,
    resolve: async (remote, revision, signal) => resolveRevision(git.askRefs, remote, { revision, signal }),
  });
  const asking = { hub, desk, planner };
  return {
    desk,
    subresources: { bundledeployments: deploymentQuestions(asking), gitrepos: gitRepoQuestions(asking) },
  };
}
