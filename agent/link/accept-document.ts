import { AppError } from "../../shared/errors.ts";
import type { DesiredDocument } from "../../shared/protocol/desired-document.ts";

/** What the agent knows of the hub that it follows. */
export interface Following {
  /** Identity of the hub's store, from registration or approved by a person. */
  readonly epoch: string;
  /** Highest revision seen in that epoch, -1 for none. */
  readonly revision: number;
}

/**
 * Returns why a document must not be used, undefined when it may: it is from the store that the agent follows, not
 * older than what was used, and does not contradict itself. Its shape has been checked before.
 */
export function refusalOf(document: DesiredDocument, following: Following): AppError | undefined {
  if (document.epoch !== following.epoch) {
    return refuse(
      `the hub's store is another one (epoch ${document.epoch}, known is ${following.epoch}): was it restored or made anew? ` +
        `If that is meant, start the agent with --accept-epoch ${document.epoch}`,
    );
  }
  if (document.revision < following.revision) {
    return refuse(
      `the hub's revision ${document.revision} is older than ${following.revision}, which was used already`,
    );
  }
  const names = document.deployments.map(({ bundle }) => bundle);
  const twice = names.find((bundle, index) => names.indexOf(bundle) !== index);
  if (twice !== undefined) return refuse(`the document names bundle ${twice} twice`);
  const both = document.remove.find(({ bundle }) => names.includes(bundle));
  return both === undefined ? undefined : refuse(`the document both wants and removes bundle ${both.bundle}`);
}

function refuse(reason: string): AppError {
  return new AppError("DOCUMENT_REFUSED", reason, { verdict: "waiting", afterMs: 2000 });
}
