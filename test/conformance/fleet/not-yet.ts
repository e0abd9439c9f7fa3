import type { Stage } from "./stages.ts";

/** Cases that wait for a part that is not there; the runner fails when one of them passes, so that the list cannot rot. */
export const notYet: readonly { readonly stage: Stage; readonly ids: readonly string[]; readonly waitsFor: string }[] = [
];
