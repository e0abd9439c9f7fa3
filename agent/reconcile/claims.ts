import type { ObjectKey } from "../../shared/drift/inventory-entry.ts";

/** Which deployment wants which object: an object that another one wants is handed over, not deleted and made anew. */
export interface Claims {
  /** A deployment was rendered: it wants these objects. */
  set(bundle: string, deploymentId: string, keys: ReadonlySet<ObjectKey>): void;
  /** A deployment cannot be rendered now: nobody waits for its claims. */
  fail(bundle: string, deploymentId: string): void;
  forget(bundle: string): void;
  /** Returns another deployment that wants an object, undefined when there is none. */
  wantedBy(key: ObjectKey, except: string): string | undefined;
  /** Returns whether a deployment wants an object, as far as is known. */
  wants(bundle: string, key: ObjectKey): boolean;
  /** Returns whether this version of a deployment was rendered, or cannot be. */
  isKnown(bundle: string, deploymentId: string): boolean;
}

interface Claim {
  readonly deploymentId: string;
  readonly keys: ReadonlySet<ObjectKey>;
}

/** Returns an empty set of claims. */
export function createClaims(): Claims {
  const claims = new Map<string, Claim>();
  return {
    set: (bundle, deploymentId, keys) => void claims.set(bundle, { deploymentId, keys }),
    fail: (bundle, deploymentId) => {
      claims.set(bundle, { deploymentId, keys: claims.get(bundle)?.keys ?? new Set() });
    },
    forget: (bundle) => void claims.delete(bundle),
    wantedBy: (key, except) => {
      for (const [bundle, claim] of claims) if (bundle !== except && claim.keys.has(key)) return bundle;
      return undefined;
    },
    wants: (bundle, key) => claims.get(bundle)?.keys.has(key) === true,
    isKnown: (bundle, deploymentId) => claims.get(bundle)?.deploymentId === deploymentId,
  };
}
