import type { Stage } from "./stages.ts";

/** Cases that wait for a part that is not there; the runner fails when one of them passes, so that the list cannot rot. */
export const notYet: readonly { readonly stage: Stage; readonly ids: readonly string[]; readonly waitsFor: string }[] = [
  {
    stage: "targets",
    ids: [
      "077-tpl-annotations",
      "078-tpl-cluster-values",
      "080-tpl-guarded-label",
      "083-tpl-template-values",
      "085-tpl-types-change",
      "087-tpl-filtered-labels",
      "092-tpl-template-values-only",
    ],
    waitsFor: "the functions of sprig",
  },
  { stage: "bundles", ids: ["184-chart-local-file-dependency"], waitsFor: "fetching chart dependencies" },
];
