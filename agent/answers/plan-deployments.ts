import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { hideFields } from "../../shared/drift/hide-secrets.ts";
import { ignoreRules } from "../../shared/drift/ignore-rules.ts";
import {
  entryKey,
  entryOf,
  objectKey,
  refOf,
  type InventoryEntry,
  type ObjectKey,
} from "../../shared/drift/inventory-entry.ts";
import { planChanges, type Change } from "../../shared/drift/plan-changes.ts";
import { limitsFor, planRemovals, type RemovalPlan, type RemovalReason } from "../../shared/drift/plan-removals.ts";
import { AppError } from "../../shared/errors.ts";
import type { PlannedDeployment, PlannedObject } from "../../shared/protocol/answers.ts";
import type { DesiredDeployment } from "../../shared/protocol/desired-document.ts";
import type { ObjectName } from "../../shared/protocol/questions.ts";
import { planHooks } from "../../shared/render/hooks/plan-hooks.ts";
import { releaseOf } from "../../shared/render/release-of.ts";
import { fieldManager } from "../kube/kube-client.ts";
import { withoutAutoscaledReplicas } from "../reconcile/autoscaled-replicas.ts";
import { deploymentNamespace } from "../reconcile/ensure-namespace.ts";
import { runAll } from "../run-all.ts";
import { type AnswerDeps, parallelReads } from "./answer-deps.ts";
import { atomicWarnings, withinReplacementLimits } from "./foresee-limits.ts";
import { type Foresight, type ForesightGround, lookAhead } from "./look-ahead.ts";
import { type FailedPlan, type PreparedPlan, preparePlan } from "./prepare-plan.ts";

/** What is planned together. */
export interface PlanWish {
  readonly deployments: readonly DesiredDeployment[];
  /** Bundles that would be removed whole. */
  readonly remove: readonly string[];
}

/**
 * Returns what would happen if the deployments were wanted as they are given and the others removed: what the API server
 * says to dry runs, and what the deletion firewall would hold. Changes nothing.
 */
export async function planDeployments(
  deps: AnswerDeps,
  { deployments, remove }: PlanWish,
  signal: AbortSignal,
): Promise<PlannedDeployment[]> {
  const prepared: (PreparedPlan | FailedPlan)[] = [];
  // All are rendered first: an object may go from one to another.
  for (const wanted of deployments) {
    signal.throwIfAborted();
    prepared.push(await preparePlan(deps, wanted));
  }
  const around: Surroundings = { prepared, leaving: new Set(remove), signal };
  const planned: PlannedDeployment[] = [];
  for (const one of prepared) planned.push("error" in one ? failedPlan(one) : await planOrWhyNot(deps, one, around));
  return [
    ...planned,
    ...remove.filter((bundle) => deps.inventories.has(bundle)).map((bundle) => planRemoval(deps, bundle, around)),
  ];
}

interface Surroundings {
  readonly prepared: readonly (PreparedPlan | FailedPlan)[];
  readonly leaving: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

const nothing = { objects: [], unchanged: 0, remove: [], held: [], released: [], hooks: [], warnings: [] };

function failedPlan({ wanted, error }: FailedPlan): PlannedDeployment {
  return { ...describe(wanted), ...nothing, error: { code: error.code, message: error.message } };
}

function describe({
  bundle,
  commit,
  paused,
}: DesiredDeployment): Pick<PlannedDeployment, "bundle" | "commit" | "paused"> {
  return { bundle, ...(commit === undefined ? {} : { commit }), ...(paused === true ? { paused } : {}) };
}

async function planOrWhyNot(deps: AnswerDeps, plan: PreparedPlan, around: Surroundings): Promise<PlannedDeployment> {
  try {
    return await planOne(deps, plan, around);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "KUBE_UNREACHABLE") throw error;
    return failedPlan({ wanted: plan.wanted, error });
  }
}

async function planOne(deps: AnswerDeps, plan: PreparedPlan, around: Surroundings): Promise<PlannedDeployment> {
  const { wanted, rendered, client, keys } = plan;
  const { bundle } = wanted;
  const inventory = deps.inventories.get(bundle);
  const desired = await withoutAutoscaledReplicas({ client, discovery: deps.discovery }, plan.objects);
  const foreseen = await foresee(deps, { plan, desired, owned: inventory.entries }, around);
  const set = planChanges({
    desired,
    live: (key) => foreseen.get(key)?.state ?? { type: "unread" },
    heldBy: (key) => [deps.inventories.owner(key) ?? bundle].find((owner) => isOther(owner, bundle, around)),
    rules: ignoreRules(rendered.options.diff?.comparePatches),
    manager: fieldManager,
    removal: {
      inventory: inventory.entries,
      said: false,
      keepResources: false,
      deleteDefinitions: inventory.deleteDefinitions,
      wantedBy: (key) => wantedBy(deps, { key, bundle }, around),
      limits: limitsFor(deps.limits, wanted),
    },
  });
  const owned = new Set(inventory.entries.map(entryKey));
  const limits = limitsFor(deps.limits, wanted);
  const planned = set.changes.flatMap((change) => {
    const key = objectKey(change.object);
    const shown = plannedObject(change, foreseen.get(key));
    return deps.anyObject || owned.has(key) ? shown : shown.map(withoutLive);
  });
  const objects = withinReplacementLimits(planned, { total: inventory.entries.length, limits });
  const occasion = inventory.release === undefined ? "install" : "upgrade";
  const isNew = inventory.deploymentId !== wanted.deploymentId;
  const { before, after } = planHooks(isNew ? plan.hooks : [], occasion);
  return {
    ...describe(wanted),
    objects,
    unchanged: set.changes.length - objects.length,
    ...plannedRemovals(set.removals),
    hooks: [...before, ...after].map(({ object }) => nameOf(entryOf(object))),
    warnings: [...rendered.warnings, ...atomicWarnings(rendered.options, objects)],
  };

  function isOther(holder: string, own: string, { leaving }: Surroundings): boolean {
    return holder !== own && !leaving.has(holder) && !givesUp(holder, keys, around);
  }
}

/** Whether another deployment of the plan does not want any of these objects any more: it hands them over. */
function givesUp(holder: string, keys: ReadonlySet<ObjectKey>, { prepared }: Surroundings): boolean {
  const other = prepared.find(({ wanted }) => wanted.bundle === holder);
  return other !== undefined && "keys" in other && keys.isDisjointFrom(other.keys);
}

function wantedBy(
  deps: AnswerDeps,
  { key, bundle }: { readonly key: ObjectKey; readonly bundle: string },
  { prepared, leaving }: Surroundings,
): string | undefined {
  for (const one of prepared) {
    if (one.wanted.bundle !== bundle && "keys" in one && one.keys.has(key)) return one.wanted.bundle;
  }
  const planned = new Set(prepared.map(({ wanted }) => wanted.bundle));
  const claimed = deps.claims.wantedBy(key, bundle);
  return claimed === undefined || leaving.has(claimed) || planned.has(claimed) ? undefined : claimed;
}

function planRemoval(deps: AnswerDeps, bundle: string, around: Surroundings): PlannedDeployment {
  const inventory = deps.inventories.get(bundle);
  const plan = planRemovals({
    inventory: inventory.entries,
    desired: new Set(),
    said: true,
    keepResources: inventory.keepResources,
    deleteDefinitions: inventory.deleteDefinitions,
    wantedBy: (key) => wantedBy(deps, { key, bundle }, around),
    limits: deps.limits,
    agentNamespace: deps.namespace,
  });
  const { before, after } = planHooks(inventory.deleteHooks ?? [], "delete");
  const hooks = [...before, ...after].map(({ object }) => nameOf(entryOf(object)));
  return { bundle, ...nothing, ...plannedRemovals(plan), hooks };
}

async function foresee(
  deps: AnswerDeps,
  {
    plan,
    desired,
    owned,
  }: {
    readonly plan: PreparedPlan;
    readonly desired: readonly KubeObject[];
    readonly owned: readonly InventoryEntry[];
  },
  { prepared, signal }: Surroundings,
): Promise<ReadonlyMap<ObjectKey, Foresight>> {
  const { wanted, rendered, client } = plan;
  const known = new Map(owned.map((entry) => [entryKey(entry), entry]));
  const adoption = {
    release: releaseOf(wanted.bundle, rendered.options),
    takeOwnership: rendered.options.helm?.takeOwnership === true,
  };
  const force = rendered.options.helm?.force === true;
  const coming = comingKinds(desired);
  const namespaces = comingNamespaces(prepared);
  const looked = await runAll(desired, parallelReads, async (object) => {
    signal.throwIfAborted();
    const key = objectKey(object);
    const ground: ForesightGround = { owned: known.get(key), coming, namespaces, adoption, force };
    return [key, await lookAhead(deps, client, { object, ground })] as const;
  });
  return new Map(looked);
}

/** Returns `group/Kind` of every definition among the objects. */
function comingKinds(objects: readonly KubeObject[]): ReadonlySet<string> {
  return new Set(
    objects.flatMap(({ kind, ["spec"]: spec }) => {
      if (kind !== "CustomResourceDefinition" || !isJsonObject(spec) || !isJsonObject(spec["names"])) return [];
      const { group, names } = spec;
      const ofKind = isJsonObject(names) ? names["kind"] : undefined;
      return typeof group === "string" && typeof ofKind === "string" ? [`${group}/${ofKind}`] : [];
    }),
  );
}

/** Returns the namespaces that any of the deployments makes, on the way or as an object. */
function comingNamespaces(prepared: readonly (FailedPlan | PreparedPlan)[]): ReadonlySet<string> {
  return new Set(
    prepared.flatMap((one) => {
      if ("error" in one) return [];
      const { options } = one.rendered;
      const made = options.createNamespace === false ? [] : [deploymentNamespace(options)];
      return [
        ...made,
        ...one.objects.flatMap(({ kind, metadata }) => (kind === "Namespace" ? (metadata.name ?? []) : [])),
      ];
    }),
  );
}

function plannedObject(change: Change, foreseen: Foresight | undefined): PlannedObject[] {
  const { object } = change;
  const about = { ...refOf(object), fields: [] };
  if (change.action === "refuse") {
    return [{ ...about, action: "conflict", message: `bundle ${change.heldBy} of this cluster owns it` }];
  }
  if (foreseen?.problem !== undefined) {
    return [{ ...about, action: failureOf(foreseen), message: foreseen.problem }];
  }
  switch (change.action) {
    case "create": {
      const { message } = change.drift;
      return [{ ...about, action: "create", ...(message === undefined ? {} : { message }) }];
    }
    case "configure": {
      const { fields, message } = change.drift;
      const shown = hideFields(object, fields);
      return [{ ...about, action: "configure", fields: shown, ...(message === undefined ? {} : { message }) }];
    }
    case "skip":
      return change.drift?.type === "unknown"
        ? [{ ...about, action: "fail", message: change.drift.message ?? "" }]
        : [];
    case "apply":
    case "unchanged":
      return [];
  }
}

function failureOf({ isConflict, isReplaced }: Foresight): PlannedObject["action"] {
  if (isReplaced === true) return "replace";
  return isConflict === true ? "conflict" : "fail";
}

/** What is in an object that the bundle does not own is not shown: a commit could name any object. */
function withoutLive(planned: PlannedObject): PlannedObject {
  return { ...planned, fields: planned.fields.map(({ live: _live, ...field }) => field) };
}

function plannedRemovals({
  remove,
  held,
  released,
}: RemovalPlan): Pick<PlannedDeployment, "held" | "released" | "remove"> {
  const withReason = ({ entry, reason }: RemovalReason) => ({ ...nameOf(entry), reason });
  return { remove: remove.map(nameOf), held: held.map(withReason), released: released.map(withReason) };
}

function nameOf({ group, kind, namespace, name }: InventoryEntry): ObjectName {
  return { group, kind, namespace, name };
}
