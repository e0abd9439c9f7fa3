import { isJsonObject, type JsonValue } from "../../codec/json-value.ts";
import { isKubeObject } from "../api/is-kube-object.ts";
import type { KubeObject } from "../api/meta.ts";
import type { Drift } from "../protocol/deployment-status.ts";
import { classifyField } from "./classify-field.ts";
import { diffObject, type FieldDifference } from "./diff-object.ts";
import { ignoreRules, type IgnoreRules } from "./ignore-rules.ts";
import { refOf } from "./inventory-entry.ts";
import { isKnownDifference } from "./known-fields.ts";
import { findWriter, printPath, type ManagedFieldsEntry } from "./managed-fields.ts";
import { mergePatch } from "../render/overlays/merge-patch.ts";

/** Longer values are cut in status. */
const maxValueLength = 200;

/** More differing fields of one object than this are not listed. */
const maxFields = 20;

/** What is compared: the object as it is, and as a forced dry run of ours would leave it. */
export interface Comparison {
  readonly live: KubeObject;
  readonly merged: KubeObject;
  readonly rules: IgnoreRules;
  /** Our own field manager. */
  readonly manager: string;
}

/**
 * Returns in which fields a live object differs from what git says, who wrote each and when, or undefined when nothing
 * differs. A field that was removed has no writer any more. Values of Secrets are hidden.
 */
export function describeDrift(comparison: Comparison): Drift | undefined {
  const { live, merged, rules } = comparison;
  const ignoresWriter = rules.ignoredWriters(refOf(merged));
  const differences = diffObject(rules.apply(merged), rules.apply(live))
    .filter((difference) => !isKnownDifference(difference, merged))
    .map((difference) => ({ difference, writer: writerOf(difference, comparison) }))
    .filter(({ writer }) => writer === undefined || !ignoresWriter(writer.manager));
  if (differences.length === 0) return undefined;
  const fields = differences.slice(0, maxFields).map((written) => describeField(written, live));
  const more = differences.length - fields.length;
  return {
    ...refOf(merged),
    type: "changed",
    fields,
    ...(more > 0 ? { message: `and ${more} more fields` } : {}),
  };
}

/** Returns the drift of an object that is not there; the message says what has to come before it. */
export function missingDrift(object: KubeObject, message?: string): Drift {
  return { ...refOf(object), type: "missing", fields: [], ...(message === undefined ? {} : { message }) };
}

/** Returns the drift of an object that could not be compared; it is never Modified for that. */
export function unknownDrift(object: KubeObject, message: string): Drift {
  return { ...refOf(object), type: "unknown", fields: [], message };
}

/**
 * Returns the drift of an object of which the server refuses to put a field back, with the server's sentence; undefined
 * when `rules` leave out all in which it says otherwise than Git.
 */
export function immutableDrift(
  { live, desired, reason }: { readonly live: KubeObject; readonly desired: KubeObject; readonly reason: string },
  { rules, manager }: Pick<Comparison, "manager" | "rules">,
): Drift | undefined {
  const patched = isJsonObject(live) && isJsonObject(desired) ? mergePatch(live, desired) : undefined;
  const merged = isKubeObject(patched) ? patched : desired;
  const isLeftOut =
    describeDrift({ live, merged, rules, manager }) === undefined &&
    describeDrift({ live, merged, rules: ignoreRules(), manager }) !== undefined;
  return isLeftOut ? undefined : { ...refOf(desired), type: "changed", fields: [], message: reason };
}

type DriftField = Drift["fields"][number];

interface WrittenDifference {
  readonly difference: FieldDifference;
  /** Who wrote the live value; nobody wrote one that is gone. */
  readonly writer: ManagedFieldsEntry | undefined;
}

function writerOf({ live, path }: FieldDifference, comparison: Comparison): ManagedFieldsEntry | undefined {
  return live === undefined ? undefined : findWriter(comparison.live.metadata, path, comparison.manager);
}

function describeField({ difference, writer }: WrittenDifference, live: KubeObject): DriftField {
  const { path, desired } = difference;
  const secret = live.kind === "Secret" && path[0]?.type === "field" && path[0].name === "data";
  return {
    path: printPath(path),
    ...(desired === undefined ? {} : { desired: secret ? "[hidden]" : shorten(desired) }),
    ...(difference.live === undefined ? {} : { live: secret ? "[hidden]" : shorten(difference.live) }),
    class: classifyField(difference, writer),
    ...(writer === undefined ? {} : { manager: writer.manager }),
    ...(writer?.time === undefined ? {} : { time: writer.time }),
  };
}

function shorten(value: JsonValue): JsonValue {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string") return value.length > maxValueLength ? `${value.slice(0, maxValueLength)}…` : value;
  if (Array.isArray(value)) return value.slice(0, maxFields).map(shorten);
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).slice(0, maxFields);
  return Object.fromEntries(entries.map(([key, item]) => [key, shorten(item)]));
}
