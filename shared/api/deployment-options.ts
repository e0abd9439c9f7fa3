import type { JsonObject } from "../../codec/json-value.ts";

/** A values source in the target cluster (Fleet: `helm.valuesFrom`). */
export interface ValuesFrom {
  readonly configMapKeyRef?: { readonly name?: string; readonly namespace?: string; readonly key?: string };
  readonly secretKeyRef?: { readonly name?: string; readonly namespace?: string; readonly key?: string };
}

/** `helm:` of a fleet.yaml or customization. */
export interface HelmOptions {
  readonly chart?: string;
  readonly repo?: string;
  readonly version?: string;
  readonly releaseName?: string;
  readonly values?: JsonObject;
  readonly valuesFiles?: readonly string[];
  readonly valuesFrom?: readonly ValuesFrom[];
  readonly templateValues?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  readonly waitForJobs?: boolean;
  readonly atomic?: boolean;
  readonly force?: boolean;
  readonly takeOwnership?: boolean;
  readonly maxHistory?: number;
  readonly disablePreProcess?: boolean;
  readonly disableDNS?: boolean;
  readonly skipSchemaValidation?: boolean;
  readonly disableDependencyUpdate?: boolean;
}

/** `handlebars:` of a fleet.yaml: its presence turns `*.yaml.hbs` files into templates. Drover's own. */
export interface HandlebarsOptions {
  /** Values for the templates, merged under those of `helm.values`-style customizations. */
  readonly values?: JsonObject;
  /** Fail on a missing value instead of printing nothing (default true). */
  readonly strict?: boolean;
}

/** One `diff.comparePatches` entry. */
export interface ComparePatch {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly jsonPointers?: readonly string[];
  readonly operations?: readonly { readonly op: string; readonly path: string; readonly value?: string }[];
}

/**
 * Options of one Bundle on one cluster after all merging (Fleet: BundleDeploymentOptions). Values templates `${ }`
 * are still in it: the agent evaluates them with the cluster's facts.
 */
export interface DeploymentOptions {
  readonly defaultNamespace?: string;
  readonly namespace?: string;
  readonly kustomize?: { readonly dir?: string };
  readonly helm?: HelmOptions;
  readonly handlebars?: HandlebarsOptions;
  readonly serviceAccount?: string;
  readonly createNamespace?: boolean;
  readonly forceSyncGeneration?: number;
  readonly yaml?: { readonly overlays?: readonly string[] };
  readonly diff?: { readonly comparePatches?: readonly ComparePatch[] };
  readonly keepResources?: boolean;
  readonly deleteNamespace?: boolean;
  readonly ignore?: { readonly conditions?: readonly Readonly<Record<string, string>>[] };
  readonly correctDrift?: { readonly enabled?: boolean; readonly force?: boolean; readonly keepFailHistory?: boolean };
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly namespaceAnnotations?: Readonly<Record<string, string>>;
  readonly deleteCRDResources?: boolean;
  readonly downstreamResources?: readonly { readonly kind: string; readonly name: string }[];
}
