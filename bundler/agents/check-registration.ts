import { labelKeyProblems, labelValueProblems, subdomainProblems } from "../../apiserver/resources/name-rules.ts";
import { AppError } from "../../shared/errors.ts";
import type { RegisterRequest } from "../../shared/protocol/routes.ts";

/** Returns the name that a new cluster gets: the wanted one, or one made from its identity. */
export function wantedName({ name, clusterUid }: RegisterRequest): string {
  return name ?? `cluster-${clusterUid.slice(0, 8)}`.toLowerCase();
}

/**
 * Refuses what the API would refuse in a Cluster: registration writes it without passing there. Throws REQUEST_INVALID
 * with every fault.
 */
export function checkRegistration(request: RegisterRequest): void {
  const name = wantedName(request);
  const faults = [
    ...subdomainProblems(name).map((problem) => `name ${JSON.stringify(name.slice(0, 80))}: ${problem}`),
    ...Object.entries(request.labels ?? {}).flatMap(([key, value]) =>
      [...labelKeyProblems(key), ...labelValueProblems(value)].map((problem) => `label ${key}: ${problem}`),
    ),
  ];
  if (faults.length > 0) throw new AppError("REQUEST_INVALID", faults.join("\n"), { verdict: "stalled" });
}
