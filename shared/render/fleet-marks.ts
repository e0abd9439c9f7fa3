import { createHash } from "node:crypto";
import type { KubeObject } from "../api/meta.ts";

const idAnnotation = "objectset.rio.cattle.io/id";
const hashLabel = "objectset.rio.cattle.io/hash";

/**
 * Returns the objects with the annotation and the label that Fleet prints when it renders offline, for comparing with
 * Fleet only: an agent of Fleet that still runs would take objects with them for its own.
 */
export function addFleetMarks(objects: readonly KubeObject[], bundle: string): KubeObject[] {
  const id = fleetSetId(bundle);
  const hash = createHash("sha1").update(id).digest("hex");
  return objects.map((object) => ({
    ...object,
    metadata: {
      ...object.metadata,
      annotations: { ...object.metadata.annotations, [idAnnotation]: id },
      labels: { ...object.metadata.labels, [hashLabel]: hash },
    },
  }));
}

/** Returns the set ID that Fleet gives a bundle (`<workspace>/<name>` or its name) offline, where it has no prefix. */
export function fleetSetId(bundle: string): string {
  const name = bundle.slice(bundle.lastIndexOf("/") + 1);
  if (name.startsWith("fleet-agent")) return "fleet-agent-bootstrap";
  return safeConcatName(`-${name}`);
}

/** Fleet's `SafeConcatName` for a name that is joined already: shortened to 63 characters with a hash. */
function safeConcatName(name: string): string {
  if (name.length < 64) return name;
  const digest = createHash("sha256").update(name).digest("hex");
  if (/[a-z0-9]/.test(name.charAt(56))) return `${name.slice(0, 57)}-${digest.slice(0, 5)}`;
  return `${name.slice(0, 56)}-${digest.slice(0, 6)}`;
}
