import type { ResourceRegistry } from "../../apiserver/resources/resource-registry.ts";
import type { ObjectStore } from "../../apiserver/storage/object-store.ts";
import type { Controller, ControllerParts } from "./controller.ts";
import { createCustomDefinitionController } from "./custom-definition-controller.ts";
import { createDaemonSetController } from "./daemon-set-controller.ts";
import { createDeploymentController } from "./deployment-controller.ts";
import { createGarbageCollector } from "./garbage-collector.ts";
import { createJobController } from "./job-controller.ts";
import { createNamespaceController } from "./namespace-controller.ts";
import { createPodController } from "./pod-controller.ts";
import { createReplicaSetController } from "./replica-set-controller.ts";
import { createServiceController } from "./service-controller.ts";
import { createStatefulSetController } from "./stateful-set-controller.ts";
import { createVolumeClaimController } from "./volume-claim-controller.ts";

/** What controllers need to know of their cluster. */
export interface ClusterFacts {
  readonly registry: ResourceRegistry;
  readonly store: ObjectStore;
  readonly ca: string;
  readonly nodeNames: readonly string[];
}

/** Returns all controllers of a simulated cluster. */
export function createControllers(parts: ControllerParts, facts: ClusterFacts): readonly Controller[] {
  return [
    createCustomDefinitionController(parts, facts),
    createNamespaceController(parts, facts),
    createDeploymentController(parts),
    createReplicaSetController(parts),
    createStatefulSetController(parts),
    createDaemonSetController(parts),
    createJobController(parts),
    createPodController(parts, facts.nodeNames),
    createServiceController(parts),
    createVolumeClaimController(parts),
    createGarbageCollector(parts, facts.registry),
  ];
}
