/** Where a request goes, as far as it decides what the request cannot change. */
export interface ResetFieldsQuery {
  /** "" for the core group. */
  readonly group: string;
  readonly plural: string;
  /** "" for the main resource. */
  readonly subresource: string;
  /** Whether the kind has a status subresource. */
  readonly hasStatus: boolean;
  /** Whether the kind is built in: only then the status subresource lets metadata through. */
  readonly builtIn: boolean;
}

type Paths = readonly (readonly string[])[];

const spec: Paths = [["spec"]];
const status: Paths = [["status"]];
const specAndMetadata: Paths = [["metadata"], ["spec"]];

/** Status subresources of built-in kinds that leave more alone than `spec`. */
const statusOf: Readonly<Record<string, Paths>> = {
  "/pods": [["spec"], ["metadata", "deletionTimestamp"], ["metadata", "ownerReferences"]],
  "apiregistration.k8s.io/apiservices": specAndMetadata,
  "apps/deployments": [["spec"], ["metadata", "labels"]],
  "certificates.k8s.io/certificatesigningrequests": [["spec"], ["status", "conditions"]],
  "flowcontrol.apiserver.k8s.io/flowschemas": specAndMetadata,
  "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations": specAndMetadata,
  "networking.k8s.io/servicecidrs": specAndMetadata,
  "resource.k8s.io/resourceclaims": specAndMetadata,
  "storage.k8s.io/volumeattachments": specAndMetadata,
};

/**
 * Returns the paths that a request cannot change, so that its field manager does not come to own them: status on the
 * main resource, spec (and often metadata) on the status subresource (GetResetFields of each strategy in
 * kubernetes/pkg/registry).
 */
export function resetFieldsFor({ group, plural, subresource, hasStatus, builtIn }: ResetFieldsQuery): Paths {
  const key = `${group}/${plural}`;
  switch (subresource) {
    case "":
      if (key === "certificates.k8s.io/certificatesigningrequests") return [["spec"], ["status"]];
      return hasStatus ? status : [];
    case "status":
      return builtIn ? (statusOf[key] ?? spec) : specAndMetadata;
    case "approval":
      return [["spec"], ["status", "certificate"]];
    case "finalize":
      return status;
    default:
      return [];
  }
}
