import type { DeploymentOptions } from "../../api/deployment-options.ts";
import { releaseNamespace } from "../set-namespace.ts";

/** One key of one object in the target cluster that holds values. */
export interface ValuesReference {
  readonly kind: "ConfigMap" | "Secret";
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

const defaultKey = "values.yaml";

/**
 * Returns what `helm.valuesFrom` names, in the order in which it is merged: as listed, within an entry the ConfigMap
 * first. An object without a namespace, or one that is copied there by `downstreamResources`, is in the release's
 * (fleet-semantics 4.3).
 */
export function valuesReferences(options: DeploymentOptions): readonly ValuesReference[] {
  return (options.helm?.valuesFrom ?? []).flatMap(({ configMapKeyRef, secretKeyRef }) => [
    ...referenceTo("ConfigMap", configMapKeyRef, options),
    ...referenceTo("Secret", secretKeyRef, options),
  ]);
}

interface KeySelector {
  readonly name?: string;
  readonly namespace?: string;
  readonly key?: string;
}

function referenceTo(
  kind: ValuesReference["kind"],
  selector: KeySelector | undefined,
  options: DeploymentOptions,
): ValuesReference[] {
  if (selector === undefined) return [];
  const { name = "", namespace = "", key = "" } = selector;
  const isCopied = (options.downstreamResources ?? []).some(
    (copied) => copied.name === name && copied.kind?.toLowerCase() === kind.toLowerCase(),
  );
  const place = namespace === "" || isCopied ? releaseNamespace(options) : namespace;
  return [{ kind, namespace: place, name, key: key === "" ? defaultKey : key }];
}

/** Returns a reference for people: `Secret team/db, key values.yaml`. */
export function printReference({ kind, namespace, name, key }: ValuesReference): string {
  return `${kind} ${namespace}/${name}, key ${key}`;
}
