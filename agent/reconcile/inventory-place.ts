import { deleteHooks } from "../../shared/render/hooks/plan-hooks.ts";
import { deploymentNamespace } from "./ensure-namespace.ts";
import { hookTimeoutMs } from "./hook-timeout.ts";
import type { Inventory, StoredInventory } from "./inventory.ts";
import type { Pass } from "./pass.ts";

/** Returns what an inventory says besides its entries. */
export function place({
  deps,
  rendered,
  hooks,
}: Pass): Partial<StoredInventory> & Pick<Inventory, "epoch" | "revision"> {
  const document = deps.desired.document();
  return {
    deleteHooks: deleteHooks(hooks),
    // Asked for a removal that is none any more.
    skipHooks: undefined,
    retry: undefined,
    hookTimeoutMs: hookTimeoutMs(rendered.options),
    epoch: document?.epoch ?? "",
    revision: document?.revision ?? 0,
    keepResources: rendered.options.keepResources === true,
    deleteNamespace: rendered.options.deleteNamespace === true ? deploymentNamespace(rendered.options) : undefined,
    deleteDefinitions: rendered.options.deleteCRDResources === true,
    serviceAccount: rendered.options.serviceAccount,
  };
}
