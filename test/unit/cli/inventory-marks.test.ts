import { expect, it } from "vitest";
import { agentNamespace, approveAnnotation, bundleAnnotation, inventoryLabel } from "../../../agent/reconcile/marks.ts";
import {
  approveRemovalAnnotation,
  defaultAgentNamespace,
  inventoryBundleAnnotation,
  inventorySecretLabel,
} from "../../../shared/api/annotations.ts";

it("an approval is written where the agent looks for it", () => {
  expect([defaultAgentNamespace, approveRemovalAnnotation, inventoryBundleAnnotation, inventorySecretLabel]).toEqual([
    agentNamespace,
    approveAnnotation,
    bundleAnnotation,
    inventoryLabel,
  ]);
});
