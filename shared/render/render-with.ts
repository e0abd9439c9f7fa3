import type { RandomTape } from "../../helm/functions/random-tape.ts";
import type { LookupObject } from "../../helm/template/scope.ts";
import type { Content, ContentResource } from "../api/content.ts";
import type { DeploymentOptions } from "../api/deployment-options.ts";
import type { KubeObject } from "../api/meta.ts";
import { contentNameOf } from "../bundle/bundle-view.ts";
import { AppError } from "../errors.ts";
import type { ClusterFacts } from "../protocol/desired-document.ts";
import type { ChartInput, ChartObjects, ChartRenderer } from "./chart/chart-input.ts";
import { checkRelease } from "./check-release.ts";
import { detectStyle } from "./detect-style.ts";
import { addFleetMarks } from "./fleet-marks.ts";
import { renderHandlebars } from "./handlebars/render-handlebars.ts";
import { templateContext } from "./handlebars/template-context.ts";
import { type ScopeOf, scopesFor } from "./kind-scope.ts";
import { orderObjects } from "./order-objects.ts";
import { type Hook, splitHooks } from "./hooks/hook.ts";
import { runsEver } from "./hooks/plan-hooks.ts";
import { applyOverlays } from "./overlays/apply-overlays.ts";
import { parseRawFile } from "./raw/parse-manifests.ts";
import { flattenLists } from "./raw/flatten-lists.ts";
import { type RawFile, readText } from "./raw/read-text.ts";
import { selectRawFiles } from "./raw/select-raw-files.ts";
import { collectFaults } from "./collect-faults.ts";
import { type ReleaseFacts, firstRelease } from "./release-facts.ts";
import type { RenderWarning } from "./render-warning.ts";
import { forceNamespace, setNamespaces } from "./set-namespace.ts";

/** What one bundle is rendered from for one cluster. */
export interface RenderInput {
  /** `<workspace>/<bundle name>`. */
  readonly bundle: string;
  readonly content: Content;
  /** Options merged for the cluster, its value templates evaluated. */
  readonly options: DeploymentOptions;
  readonly facts: ClusterFacts;
  /** Version of the cluster, such as `v1.36.3`; charts see it. */
  readonly kubeVersion?: string;
  /** What the cluster serves, as `apps/v1` and `apps/v1/Deployment`; charts ask for it. */
  readonly apiVersions?: readonly string[];
  /** Results of random functions of an earlier render of this bundle, which charts get again. */
  readonly random?: RandomTape;
  /** What charts are told of the deployments before this one; none by default. */
  readonly release?: ReleaseFacts;
  /** What `lookup` of charts finds in the cluster; nothing without it. */
  readonly lookup?: LookupObject;
  /** CPU time that a chart may take, in milliseconds; 2000 by default. */
  readonly renderCpuMs?: number;
  /** What kustomize made of a chart with a kustomization over it; see `prepareKustomize`. */
  readonly kustomized?: ChartObjects;
  /** Scope of kinds as the cluster knows it; asked before what is known without a cluster. */
  readonly scopeOf?: ScopeOf;
  /**
   * `cluster` (default): every namespaced object has its namespace, `namespace:` refuses cluster-scoped objects.
   * `offline`: namespaces as Fleet prints them without a cluster, absent ones stay absent.
   */
  readonly namespaces?: "cluster" | "offline";
  /** Add the marks that Fleet prints offline, for comparing with Fleet only. */
  readonly fleetMarks?: boolean;
}

/** Objects in the order in which they should be applied, and what a person should know. */
export interface RenderResult {
  readonly objects: readonly KubeObject[];
  /** What runs before and after, besides tests. Offline, where nothing runs, all hooks are among the objects, last, as Fleet prints them. */
  readonly hooks: readonly Hook[];
  readonly warnings: readonly RenderWarning[];
  /** What random functions of charts gave: hand it to the next render for the same objects. It holds secrets. */
  readonly random?: RandomTape;
}

/** What the parts of a bundle come to, before they are placed. */
interface Parts {
  readonly objects: readonly KubeObject[];
  /** Objects that stay where they are: definitions that a chart brings along. */
  readonly definitions: readonly KubeObject[];
  /** A chart's hooks. Those of other sources are among the objects still. */
  readonly hooks: readonly KubeObject[];
  readonly random?: RandomTape;
  readonly warnings: readonly RenderWarning[];
}

/**
 * Returns the objects that a bundle means for one cluster, charts left to `charts`, so that who renders none need not load
 * what renders them. Throws `AppError` with the position in the bundle's files; several faults are one error whose `errors`
 * names each.
 */
export function renderWith(input: RenderInput, charts: ChartRenderer): RenderResult {
  const parts = partsOf(input, charts);
  const isOffline = input.namespaces === "offline";
  const finish = (objects: readonly KubeObject[]): KubeObject[] => {
    const marked = input.fleetMarks === true ? addFleetMarks(objects, input.bundle) : objects;
    // Without a cluster Fleet places a list in a list, not what is in it.
    const flat = flattenLists(isOffline ? forceNamespace(marked, input.options) : marked);
    return input.options.deleteCRDResources === true ? flat : flat.map(keepDefinition);
  };
  const place = (objects: readonly KubeObject[]): KubeObject[] =>
    isOffline ? [...objects] : setNamespaces(objects, input.options, scopesFor(objects, input.scopeOf));
  const finished = finish([...parts.objects, ...parts.hooks]);
  const { objects, hooks, warnings } = splitHooks(place(finished));
  const ordered = orderObjects([...(isOffline ? [] : finish(parts.definitions)), ...objects]);
  const rest = {
    warnings: [...parts.warnings, ...warnings],
    ...(parts.random === undefined ? {} : { random: parts.random }),
  };
  if (isOffline)
    return { objects: [...ordered, ...orderObjects(hooks.map(({ object }) => object))], hooks: [], ...rest };
  return { objects: ordered, hooks: hooks.filter(runsEver), ...rest };
}

function partsOf(input: RenderInput, charts: ChartRenderer): Parts {
  checkRelease(input.bundle, input.options);
  if (input.content.source !== "objects") return renderFiles(input, charts);
  return { ...parseAll(input.content.resources.map(readText)), definitions: [], hooks: [] };
}

function renderFiles(input: RenderInput, charts: ChartRenderer): Parts {
  const { content, options, bundle } = input;
  const style = detectStyle(
    content.resources.map(({ name }) => name),
    options,
  );
  if (style.chartDir !== undefined) {
    if (style.kustomizeDir === undefined) return charts(chartInput(input, style.chartDir));
    if (input.kustomized !== undefined) return input.kustomized;
    const message = `bundle ${bundle} is a chart with a kustomization over it, and its output was not given to kustomize`;
    throw new AppError("KUSTOMIZE_NOT_RENDERED", message, { details: { bundle } });
  }
  if (style.kustomizeDir !== undefined) {
    const message = `bundle ${bundle} is a kustomization that its bundler did not render; update the bundler`;
    throw new AppError("KUSTOMIZE_NOT_RENDERED", message, { details: { bundle } });
  }
  const { templates, manifests } = selectRawFiles(prepareFiles(input));
  const templated =
    templates.length === 0 ? undefined : charts({ ...chartInput(input, ""), files: templates.map(toResource) });
  const parsed = parseAll(manifests);
  return {
    objects: [...(templated?.objects ?? []), ...parsed.objects],
    definitions: [],
    hooks: templated?.hooks ?? [],
    ...(templated === undefined ? {} : { random: templated.random }),
    warnings: [...(templated?.warnings ?? []), ...parsed.warnings],
  };
}

/** Returns the text files of a raw bundle, Handlebars templates rendered and overlays applied. Throws `AppError`. */
export function prepareFiles(input: RenderInput): RawFile[] {
  const { content, options } = input;
  const isText = /\.(?:ya?ml|json)(?:\.hbs)?$/;
  const files = collectFaults(
    content.resources.filter(({ name }) => isText.test(name)),
    readText,
  );
  const rendered =
    options.handlebars === undefined ? files : renderHandlebars(files, options.handlebars, templateContext(input));
  return applyOverlays(rendered, options.yaml?.overlays ?? []);
}

/** Returns what a chart in a directory of the bundle is rendered from, "" for the bundle's own. */
export function chartInput(input: RenderInput, dir: string): ChartInput {
  const prefix = dir === "" ? "" : `${dir}/`;
  return {
    bundle: input.bundle,
    files: input.content.resources
      .filter(({ name }) => name.startsWith(prefix))
      .map((resource) => ({ ...resource, name: resource.name.slice(prefix.length) })),
    options: input.options,
    kubeVersion: input.kubeVersion,
    apiVersions: input.apiVersions,
    random: input.random,
    lookup: input.lookup,
    cpuMs: input.renderCpuMs,
    release: input.release ?? firstRelease,
    namespaces: input.namespaces ?? "cluster",
    contentName: () => contentNameOf(input.content),
  };
}

function toResource({ name, text }: RawFile): ContentResource {
  return { name, content: text };
}

/** Returns the objects of manifests in the order in which Fleet reads them. Throws `MANIFEST_INVALID`. */
export function parseAll(files: readonly RawFile[]): Pick<RenderResult, "objects" | "warnings"> {
  const parsed = collectFaults(files, parseRawFile);
  return {
    objects: inFleetOrder(parsed.flatMap(({ objects }) => objects)),
    warnings: parsed.flatMap(({ warnings }) => warnings),
  };
}

/** Fleet numbers plain objects and Helm then reads them by name, so that 10 stands before 2. */
function inFleetOrder(objects: readonly KubeObject[]): KubeObject[] {
  return [...objects.entries()].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)).map(([, object]) => object);
}

/** Fleet keeps definitions on removal, since all objects of their kinds would go with them. */
function keepDefinition(object: KubeObject): KubeObject {
  if (object.kind !== "CustomResourceDefinition") return object;
  const annotations = { ...object.metadata.annotations, "helm.sh/resource-policy": "keep" };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
