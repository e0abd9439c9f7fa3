import { AppError } from "../../shared/errors.ts";
import type { Answer } from "../../shared/protocol/answers.ts";
import type { Question } from "../../shared/protocol/questions.ts";
import type { AnswerDeps } from "./answer-deps.ts";
import { answerEvents } from "./answer-events.ts";
import { answerInventory } from "./answer-inventory.ts";
import { answerLogs } from "./answer-logs.ts";
import { answerObject } from "./answer-object.ts";
import { planDeployments } from "./plan-deployments.ts";

/** Returns what this cluster says to a question; throws why it says nothing. Reads and dry runs only. */
export async function answerQuestion(deps: AnswerDeps, question: Question, signal: AbortSignal): Promise<Answer> {
  switch (question.kind) {
    case "object":
      return answerObject(deps, question);
    case "inventory":
      return answerInventory(deps, question, signal);
    case "events":
      return answerEvents(deps, question, signal);
    case "logs":
      return answerLogs(deps, question, signal);
    case "diff":
      return answerDiff(deps, question.bundle, signal);
    case "plan":
      return { kind: "plan", deployments: await planDeployments(deps, question, signal) };
  }
}

async function answerDiff(deps: AnswerDeps, bundle: string, signal: AbortSignal): Promise<Answer> {
  const wanted = deps.desired.deployment(bundle);
  if (wanted === undefined) {
    const message = `bundle ${bundle} is not in the document that this cluster's agent follows`;
    throw new AppError("ANSWER_REFUSED", message, { verdict: "stalled" });
  }
  const [deployment] = await planDeployments(deps, { deployments: [wanted], remove: [] }, signal);
  if (deployment === undefined) throw new AppError("INTERNAL", `nothing was planned for bundle ${bundle}`);
  if (deployment.error === undefined) return { kind: "diff", deployment };
  throw new AppError("ANSWER_REFUSED", `${deployment.error.code}: ${deployment.error.message}`);
}
