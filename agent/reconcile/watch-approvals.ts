import type { Logger } from "../../shared/log.ts";
import type { HttpConnection } from "../http-connection.ts";
import { wellKnown } from "../kube/api-resource.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { KubeConnection } from "../kube/kube-connection.ts";
import { watchObjects } from "../kube/watch-objects.ts";
import type { InventoryStore } from "./inventory-store.ts";
import { approveAnnotation, bundleAnnotation, inventoryLabel, retryAnnotation, skipHooksAnnotation } from "./marks.ts";
import type { Reconciler } from "./reconciler.ts";

/** What the watch of approvals needs. */
export interface ApprovalsDeps {
  readonly client: KubeClient;
  readonly connection: KubeConnection;
  readonly http: HttpConnection;
  readonly inventories: InventoryStore;
  readonly reconciler: Reconciler;
  readonly namespace: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Watches inventory Secrets for the annotation by which a person approves held removals, skips hooks or tries anew, until the signal is aborted. */
export async function watchApprovals(deps: ApprovalsDeps): Promise<void> {
  const { inventories, reconciler, log } = deps;
  async function take(bundle: string): Promise<void> {
    try {
      await inventories.refresh(bundle);
      reconciler.look([bundle]);
    } catch (error) {
      log.warn({ bundle, err: error }, "approval could not be read");
    }
  }
  await watchObjects({
    resource: wellKnown.secret,
    namespace: deps.namespace,
    labelSelector: inventoryLabel,
    client: deps.client,
    connection: deps.connection,
    http: deps.http,
    log,
    signal: deps.signal,
    onListed: () => undefined,
    onEvent: (event) => {
      const { annotations = {} } = event.metadata;
      const bundle = annotations[bundleAnnotation];
      if (event.type === "gone" || bundle === undefined || !isAsked(annotations)) return;
      void take(bundle);
    },
  });
}

function isAsked(annotations: Readonly<Record<string, string>>): boolean {
  return [approveAnnotation, skipHooksAnnotation, retryAnnotation].some((name) => annotations[name] !== undefined);
}
