import type { ApiObject } from "../apiserver/resources/api-object.ts";

/** Annotation of a pod (or pod template) that makes it fail; its value is the reason shown: `ImagePullBackOff`. */
export const failureAnnotation = "simulator.drover.dev/fail";

/** Which pods are made to fail. */
export interface Failures {
  /** Makes all pods of a workload fail (by its name in a namespace), for this reason, until `mend`. */
  breakWorkload(namespace: string, name: string, reason: string): void;
  mend(namespace: string, name: string): void;
  /** Returns why a pod fails, undefined when it does not. */
  reasonFor(pod: ApiObject): string | undefined;
}

/** Returns a switch with nothing broken; `onChange` is told which namespace to look at again. */
export function createFailures(onChange: (namespace: string) => void): Failures {
  const broken = new Map<string, string>();
  return {
    breakWorkload: (namespace, name, reason) => {
      broken.set(`${namespace}/${name}`, reason);
      onChange(namespace);
    },
    mend: (namespace, name) => {
      broken.delete(`${namespace}/${name}`);
      onChange(namespace);
    },
    reasonFor: ({ metadata }) => {
      const annotated = metadata.annotations?.[failureAnnotation];
      if (annotated !== undefined) return annotated === "" ? "Error" : annotated;
      const { namespace = "", name = "" } = metadata;
      for (const [key, reason] of broken) {
        const workload = key.slice(namespace.length + 1);
        if (key.startsWith(`${namespace}/`) && (name === workload || name.startsWith(`${workload}-`))) return reason;
      }
      return undefined;
    },
  };
}
