import { hideSecrets } from "../../shared/drift/hide-secrets.ts";
import { describeEntry } from "../../shared/drift/inventory-entry.ts";
import { AppError } from "../../shared/errors.ts";
import type { Answer } from "../../shared/protocol/answers.ts";
import type { Question } from "../../shared/protocol/questions.ts";
import { type AnswerDeps, askedDeployment, ownedEntry, readNamed } from "./answer-deps.ts";

/** Returns a live object with what is secret hidden; throws KUBE_NOT_FOUND, or ANSWER_REFUSED for one that the bundle does not own. */
export async function answerObject(
  deps: AnswerDeps,
  { bundle, object }: Extract<Question, { readonly kind: "object" }>,
): Promise<Answer> {
  const asked = askedDeployment(deps, bundle);
  if (!deps.anyObject) ownedEntry(asked, object);
  const live = await readNamed(deps, asked.client, object);
  if (live === undefined) throw new AppError("KUBE_NOT_FOUND", `${describeEntry(object)} is not there`);
  return { kind: "object", object: { ...hideSecrets(live) } };
}
