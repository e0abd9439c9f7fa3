import type { RandomTape } from "../../../helm/functions/random-tape.ts";
import type { LookupObject } from "../../../helm/template/scope.ts";
import type { ContentResource } from "../../api/content.ts";
import type { DeploymentOptions } from "../../api/deployment-options.ts";
import type { KubeObject } from "../../api/meta.ts";
import type { ReleaseFacts } from "../release-facts.ts";
import type { RenderWarning } from "../render-warning.ts";

/** What a chart is rendered from. A raw bundle's `templates/` are a chart too, without a Chart.yaml. */
export interface ChartInput {
  /** `<workspace>/<bundle name>`. */
  readonly bundle: string;
  /** Names are relative to the chart's directory. */
  readonly files: readonly ContentResource[];
  /** Options merged for the cluster, its value templates evaluated. */
  readonly options: DeploymentOptions;
  readonly kubeVersion: string | undefined;
  readonly apiVersions: readonly string[] | undefined;
  /** `offline`: the release has no namespace where the options name none, as Fleet renders without a cluster. */
  readonly namespaces: "cluster" | "offline";
  /** Results of random functions of an earlier render; the same calls get them again. */
  readonly random: RandomTape | undefined;
  /** What `lookup` finds in the cluster; nothing without it. */
  readonly lookup: LookupObject | undefined;
  /** CPU time that the chart may take, in milliseconds; the engine's default without it. */
  readonly cpuMs: number | undefined;
  readonly release: ReleaseFacts;
  /** Returns the name that Fleet gives the bundle's content; a chart without a Chart.yaml has it in its version. */
  readonly contentName: () => string;
}

/** What a chart comes to. */
export interface ChartObjects {
  readonly objects: readonly KubeObject[];
  /** The content of `crds/`, which Helm installs before all else. */
  readonly definitions: readonly KubeObject[];
  /** Objects that Helm applies at certain moments only. */
  readonly hooks: readonly KubeObject[];
  /** Objects, then hooks, as the chart wrote them: kustomize reads them by rules of its own. Missing where kustomize made them. */
  readonly texts?: readonly string[];
  /** What the random functions gave, empty when none was called. */
  readonly random: RandomTape;
  readonly warnings: readonly RenderWarning[];
}

/** Renders charts. Throws `AppError`. */
export type ChartRenderer = (input: ChartInput) => ChartObjects;
