import type { JsonObject } from "../../../codec/json-value.ts";
import type { LookupObject } from "../../../helm/template/scope.ts";

/** What a template asks the cluster for; without a name it is all objects of the kind. */
export type LookupQuery = Parameters<LookupObject>[0];

/** What the cluster said, or that it was not asked. */
export interface LookupAnswer {
  readonly query: LookupQuery;
  /** Absent: there is no such object, or `refused`. */
  readonly object?: JsonObject;
  /** Why the cluster was not asked; the template gets nothing, as offline. */
  readonly refused?: string;
}

/** Returns what a person should know of the lookups that were not made. */
export function lookupWarnings(answers: readonly LookupAnswer[]): readonly string[] {
  return answers.flatMap(({ query, refused }) =>
    refused === undefined ? [] : [`lookup of ${printLookup(query)} finds nothing: ${refused}`],
  );
}

/** Returns a query for people: `v1 Secret team/db`. */
export function printLookup({ apiVersion, kind, namespace, name }: LookupQuery): string {
  const place = namespace === "" ? "" : `${namespace}/`;
  return `${apiVersion} ${kind} ${place}${name === "" ? "*" : name}`;
}
