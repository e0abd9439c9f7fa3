import { isJsonObject } from "../../codec/json-value.ts";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { type FieldError, plainFault, valueFault } from "../../apiserver/resources/field-error.ts";
import type { HookContext } from "../../apiserver/resources/resource-definition.ts";
import { type BundleSpec, bundleSpecSchema } from "../../shared/api/bundle-spec.ts";
import type { GitTarget } from "../../shared/api/bundle-target.ts";
import { clusterGroupSpecSchema } from "../../shared/api/cluster-group.ts";
import { gitRepoSpecSchema } from "../../shared/api/git-repo.ts";
import { checkGitRepo } from "../../shared/bundle/check-git-repo.ts";
import { parseDuration } from "../../shared/duration.ts";
import { toAppError } from "../../shared/errors.ts";
import { compileSelector } from "../../shared/targeting/match-selector.ts";
import { compileEntry, compileTargets } from "../../shared/targeting/match-targets.ts";
import { normalizeRemote } from "../../shared/git-remote.ts";

/** Returns the faults of a GitRepo that would stop it later: address, selectors, durations. What has no effect warns. */
export function validateGitRepo(object: ApiObject, context: HookContext): readonly FieldError[] {
  const parsed = gitRepoSpecSchema.safeParse(object["spec"]);
  if (!parsed.success) return [];
  const spec = parsed.data;
  for (const { message } of isJsonObject(object["spec"]) ? checkGitRepo(object["spec"]) : []) context.warn(message);
  const repo = spec.repo ?? "";
  return [
    ...(repo === ""
      ? [plainFault("FieldValueRequired", "spec.repo", "the repository's address")]
      : faultOf("spec.repo", printable(repo), () => normalizeRemote({ url: repo }))),
    ...faultOf("spec.pollingInterval", spec.pollingInterval ?? "", () => parseDuration(spec.pollingInterval ?? "15s")),
    ...(spec.targets ?? []).flatMap((target, index) => targetFaults(`spec.targets[${index}]`, target)),
  ];
}

/** Returns the faults of a Bundle's selectors. */
export function validateBundle(object: ApiObject): readonly FieldError[] {
  const parsed = bundleSpecSchema.safeParse(object["spec"]);
  if (!parsed.success) return [];
  const spec: BundleSpec = parsed.data;
  return faultOf("spec.targets", "targets", () => compileTargets(spec));
}

/** Returns the faults of a ClusterGroup's selector. */
export function validateClusterGroup(object: ApiObject): readonly FieldError[] {
  const parsed = clusterGroupSpecSchema.safeParse(object["spec"]);
  if (!parsed.success) return [];
  const { selector } = parsed.data;
  return selector === undefined ? [] : faultOf("spec.selector", "selector", () => compileSelector(selector));
}

function targetFaults(field: string, target: GitTarget): readonly FieldError[] {
  return faultOf(field, target.name ?? "", () => compileEntry(target));
}

function faultOf(field: string, value: string, check: () => unknown): readonly FieldError[] {
  try {
    check();
    return [];
  } catch (error) {
    return [valueFault("FieldValueInvalid", field, { value, detail: toAppError(error).message })];
  }
}

/** An address may carry a password; it is not repeated in answers. */
function printable(url: string): string {
  return url.replace(/\/\/[^/@]*@/u, "//…@");
}
