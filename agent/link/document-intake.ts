import type { Logger } from "../../shared/log.ts";
import type { DesiredDocument } from "../../shared/protocol/desired-document.ts";
import { limitLines } from "../limit-lines.ts";
import type { DesiredState } from "../reconcile/desired-state.ts";
import type { StepObserver } from "../reconcile/step-observer.ts";
import { type Following, refusalOf } from "./accept-document.ts";
import type { Identity } from "./identity.ts";
import { readDocumentFile, writeDocumentFile } from "./document-file.ts";

/** Takes documents into use, one after the other. */
export interface DocumentIntake {
  /** Takes the document kept on disk into use, if the agent may follow it. */
  restore(): Promise<void>;
  /** Takes the hub's document into use. Throws `DOCUMENT_REFUSED`, and then nothing has changed. */
  accept(document: DesiredDocument): Promise<void>;
  /** Returns which store is followed, and the highest revision of it that was used: -1 for none. */
  follows(): Following;
}

/** What the intake needs. */
export interface DocumentIntakeDeps {
  readonly path: string;
  readonly desired: DesiredState;
  readonly log: Logger;
  /** Who the agent is, undefined before it is registered. */
  readonly identity: () => Identity | undefined;
  /** Highest revision of an epoch that was already acted upon, -1 for none. */
  readonly revision: (epoch: string) => number;
  readonly onStep: StepObserver;
  /** Told of the blobs that a document names and the one before did not, as soon as it is known to be good. */
  readonly onNewBlobs: (digests: readonly string[]) => void;
  /** Told of the bundles for which something changed. */
  readonly onChange: (bundles: readonly string[]) => void;
}

/** Returns an intake. */
export function createDocumentIntake(deps: DocumentIntakeDeps): DocumentIntake {
  const { desired, log } = deps;
  const mayLog = limitLines();
  let last: Promise<void> = Promise.resolve();

  function clusterName(): string {
    const identity = deps.identity();
    return identity === undefined ? "" : `${identity.namespace}/${identity.clusterName}`;
  }

  function follows(): Following {
    const epoch = deps.identity()?.epoch ?? "";
    const current = desired.document();
    const used = current?.epoch === epoch ? current.revision : -1;
    return { epoch, revision: Math.max(used, deps.revision(epoch)) };
  }

  async function take(document: DesiredDocument): Promise<void> {
    const refusal = refusalOf(document, follows());
    if (refusal !== undefined) throw refusal;
    const current = desired.document();
    if (current?.tag === document.tag && current.revision === document.revision) return;
    const known = desired.digests();
    const named = document.deployments.flatMap(({ content, options }) => [content, options]);
    deps.onNewBlobs(named.filter((digest) => !known.has(digest)));
    await writeDocumentFile(deps.path, clusterName(), document).catch((error: unknown) => {
      if (mayLog("save")) log.warn({ err: error }, "document could not be kept on disk");
    });
    await deps.onStep("document-saved", document.tag);
    const changed = desired.take(document);
    log.info(
      { revision: document.revision, deployments: document.deployments.length, changed: changed.length },
      "new document",
    );
    deps.onChange(changed);
  }

  return {
    follows,
    restore: async () => {
      const document = await readDocumentFile(deps.path, clusterName(), log);
      if (document === undefined) return;
      const refusal = refusalOf(document, follows());
      if (refusal === undefined) desired.take(document);
      else log.warn({ err: refusal }, "cached document is not used");
    },
    accept: (document) => {
      const next = last.then(() => take(document));
      last = next.catch(() => undefined);
      return next;
    },
  };
}
