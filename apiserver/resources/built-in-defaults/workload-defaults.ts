import { isJsonObject, type JsonObject } from "../../../codec/json-value.ts";
import { fieldAt, withField } from "../json-fields.ts";
import { childObject, fillMissing, fillZero, isSet, mapItems, within, type Defaulters } from "./fill-fields.ts";

// Each function is the SetDefaults_… of the same name in kubernetes/pkg/apis/{apps,batch}/v1/defaults.go.

function rollingUpdate(strategy: JsonObject, defaults: JsonObject): JsonObject {
  const typed = fillZero(strategy, { type: "RollingUpdate" });
  if (typed["type"] !== "RollingUpdate") return typed;
  return within(typed, "rollingUpdate", (update) => fillMissing(update, defaults));
}

function deploymentSpecDefaults(spec: JsonObject): JsonObject {
  const filled = fillMissing(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
  return within(filled, "strategy", (strategy) => rollingUpdate(strategy, { maxUnavailable: "25%", maxSurge: "25%" }));
}

function daemonSetSpecDefaults(spec: JsonObject): JsonObject {
  const filled = fillMissing(spec, { revisionHistoryLimit: 10 });
  return within(filled, "updateStrategy", (strategy) => rollingUpdate(strategy, { maxUnavailable: 1, maxSurge: 0 }));
}

function statefulSetSpecDefaults(spec: JsonObject): JsonObject {
  const filled = fillZero(fillMissing(spec, { replicas: 1, revisionHistoryLimit: 10 }), {
    podManagementPolicy: "OrderedReady",
  });
  const templated = mapItems(filled, "volumeClaimTemplates", (claim) =>
    fillZero(claim, { apiVersion: "v1", kind: "PersistentVolumeClaim" }),
  );
  const retained = within(templated, "persistentVolumeClaimRetentionPolicy", (policy) =>
    fillZero(policy, { whenDeleted: "Retain", whenScaled: "Retain" }),
  );
  return within(retained, "updateStrategy", (strategy) => {
    const typed = isSet(strategy, "type") ? strategy : fillMissing(strategy, { rollingUpdate: {} });
    const named = fillZero(typed, { type: "RollingUpdate" });
    if (named["type"] !== "RollingUpdate" || !isSet(named, "rollingUpdate")) return named;
    return within(named, "rollingUpdate", (update) => fillMissing(update, { partition: 0 }));
  });
}

function jobDefaults(job: JsonObject): JsonObject {
  const labels = fieldAt(job, "spec", "template", "metadata", "labels");
  const unlabelled = Object.keys(childObject(childObject(job, "metadata"), "labels")).length === 0;
  const labelled =
    isJsonObject(labels) && unlabelled
      ? within(job, "metadata", (metadata) => withField(metadata, "labels", labels))
      : job;
  return within(labelled, "spec", jobSpecDefaults);
}

// Of Job alone: the template of a CronJob stays as it is.
function jobSpecDefaults(spec: JsonObject): JsonObject {
  const single = isSet(spec, "completions") || isSet(spec, "parallelism") ? spec : { ...spec, completions: 1 };
  return fillMissing(single, {
    parallelism: 1,
    backoffLimit: isSet(spec, "backoffLimitPerIndex") ? 2_147_483_647 : 6,
    completionMode: "NonIndexed",
    suspend: false,
    podReplacementPolicy: isSet(spec, "podFailurePolicy") ? "Failed" : "TerminatingOrFailed",
    manualSelector: false,
  });
}

function cronJobSpecDefaults(spec: JsonObject): JsonObject {
  const filled = fillMissing(spec, { suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1 });
  return fillZero(filled, { concurrencyPolicy: "Allow" });
}

/** Defaults of apps/v1 and batch/v1, by Go type. */
export const workloadDefaults: Defaulters = {
  CronJobSpec: cronJobSpecDefaults,
  DaemonSetSpec: daemonSetSpecDefaults,
  DeploymentSpec: deploymentSpecDefaults,
  Job: jobDefaults,
  PodFailurePolicyOnPodConditionsPattern: (pattern) => fillZero(pattern, { status: "True" }),
  ReplicaSetSpec: (spec) => fillMissing(spec, { replicas: 1 }),
  StatefulSetSpec: statefulSetSpecDefaults,
};

const scaleUp = {
  stabilizationWindowSeconds: 0,
  selectPolicy: "Max",
  policies: [
    { type: "Pods", value: 4, periodSeconds: 15 },
    { type: "Percent", value: 100, periodSeconds: 15 },
  ],
};
const scaleDown = { selectPolicy: "Max", policies: [{ type: "Percent", value: 100, periodSeconds: 15 }] };

function autoscalerSpecDefaults(spec: JsonObject): JsonObject {
  const filled = fillMissing(spec, {
    minReplicas: 1,
    metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } }],
  });
  if (!isSet(filled, "behavior")) return filled;
  return within(filled, "behavior", (behavior) =>
    within(
      within(behavior, "scaleUp", (rules) => fillMissing(rules, scaleUp)),
      "scaleDown",
      (rules) => fillMissing(rules, scaleDown),
    ),
  );
}

/** Defaults of autoscaling/v2, by Go type. */
export const autoscalingV2Defaults: Defaulters = { HorizontalPodAutoscalerSpec: autoscalerSpecDefaults };

/** Defaults of autoscaling/v1, by Go type. */
export const autoscalingV1Defaults: Defaulters = {
  HorizontalPodAutoscalerSpec: (spec) => fillMissing(spec, { minReplicas: 1 }),
};
