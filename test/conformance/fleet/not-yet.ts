import type { Stage } from "./stages.ts";

/** Cases that wait for a part that is not there; the runner fails when one of them passes, so that the list cannot rot. */
export const notYet: readonly { readonly stage: Stage; readonly ids: readonly string[]; readonly waitsFor: string }[] = [
  { stage: "bundles", ids: ["184-chart-local-file-dependency"], waitsFor: "fetching chart dependencies" },
  { stage: "targets", ids: ["184-chart-local-file-dependency"], waitsFor: "fetching chart dependencies" },
  { stage: "rendered", ids: ["096-kustomize-helm-output"], waitsFor: "kustomizations over charts" },
  { stage: "rendered", ids: ["184-chart-local-file-dependency"], waitsFor: "fetching chart dependencies" },
];
