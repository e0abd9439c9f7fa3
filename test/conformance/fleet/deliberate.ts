import type { Stage } from "./stages.ts";

/** A case whose recorded answer Drover does not give, on purpose. The runner fails when it does give it. */
export interface Deliberate {
  readonly stages: readonly Stage[];
  readonly reason: string;
}

/** Cases where Drover differs from Fleet by design, by id. Tests of ours say what happens instead. */
export const deliberate: Readonly<Record<string, Deliberate>> = {
  "029-symlink-escape": {
    stages: ["bundles"],
    reason: "Links that stay inside the repository are followed; Fleet refuses those that leave the bundle directory.",
  },
  "079-tpl-missing-label": {
    stages: ["targets", "rendered"],
    reason: "A template that fails for one cluster is an error of that cluster; the others get their deployment.",
  },
  "089-tpl-syntax-error": {
    stages: ["targets"],
    reason: "Values are evaluated per cluster, so that the error names each cluster that it concerns.",
  },
};
