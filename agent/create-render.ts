import type { Content } from "../shared/api/content.ts";
import type { DeploymentOptions } from "../shared/api/deployment-options.ts";
import { AppError } from "../shared/errors.ts";
import type { KindScope } from "../shared/render/built-in-kinds.ts";
import type { ChartInput } from "../shared/render/chart/chart-input.ts";
import { type LookupAnswer, type LookupQuery, lookupWarnings } from "../shared/render/chart/lookup-answer.ts";
import { renderWarningText } from "../shared/render/render-warning.ts";
import { releaseNamespace } from "../shared/render/set-namespace.ts";
import type { KustomizeOptions, KustomizeRenderer } from "../shared/runtime/kustomize/kustomize.ts";
import { apiVersionOf } from "./kube/api-resource.ts";
import type { Discovery } from "./kube/discovery.ts";
import type { Render } from "./reconcile/render-deployment.ts";
import { answerLookups } from "./reconcile/answer-lookups.ts";
import type { RenderMemoryStore } from "./reconcile/render-memory.ts";
import { type AnswerQuestion, renderInWorker, type RenderBounds } from "./render-in-worker.ts";

/** What rendering needs of the agent. */
export interface CreateRenderDeps {
  readonly discovery: Discovery;
  readonly bounds: RenderBounds;
  readonly memories: Pick<RenderMemoryStore, "read" | "save">;
  readonly kustomize: KustomizeOptions;
  /** Why `lookup` finds nothing; absent: the cluster is asked. */
  readonly refuseLookups?: string;
}

/** Plain YAML of this many characters is read here; more, which takes many times its size, in a thread that may end. */
const maxSizeHere = 1024 * 1024;

/** Returns how this agent renders: raw YAML here, templates and what is large in a thread of their own with limits. */
export function createRender({ discovery, bounds, memories, kustomize, refuseLookups }: CreateRenderDeps): Render {
  let kustomizer: KustomizeRenderer | undefined;

  async function runKustomize(content: Content, dir: string): Promise<string> {
    // Read on first use, as most agents never run it.
    const { createKustomizeRenderer } = await import("../shared/runtime/kustomize/kustomize.ts");
    kustomizer ??= createKustomizeRenderer(kustomize);
    return kustomizer.render({ content, dir });
  }

  return async ({ scopeOf, values, key, client, lookupAnywhere, ...input }) => {
    // Before discovery was read once, no scope is known.
    await discovery.resolve("v1", "Namespace");
    if (values.length === 0 && !hasTemplates(input.content, input.options) && sizeOf(input.content) <= maxSizeHere) {
      // Read on first use: an agent without deployments needs none of it.
      const { renderWith } = await import("../shared/render/render-with.ts");
      const rendered = renderWith({ ...input, scopeOf }, refuseChart);
      return { ...rendered, warnings: rendered.warnings.map(renderWarningText) };
    }
    const scopes = new Map<string, KindScope>();
    for (const resource of discovery.all()) {
      scopes.set(`${apiVersionOf(resource)}/${resource.kind}`, resource.namespaced ? "Namespaced" : "Cluster");
    }
    const { bundle } = input;
    const place = {
      bundle,
      namespace: releaseNamespace(input.options),
      anywhere: lookupAnywhere,
      client,
      discovery,
    };
    const answer: AnswerQuestion = async (question) =>
      question.type === "kustomize"
        ? { type: "kustomize", output: await runKustomize(question.content, question.dir) }
        : { type: "lookups", answers: await lookUp(question.queries) };
    const lookUp = async (queries: readonly LookupQuery[]): Promise<readonly LookupAnswer[]> =>
      refuseLookups === undefined
        ? answerLookups(place, queries)
        : queries.map((query) => ({ query, refused: refuseLookups }));
    const memory = await memories.read(bundle);
    // Our own apply may change what is looked up: the same render gets the same answers, also after a restart.
    const lookups = memory.lookups?.key === key ? memory.lookups.answers : [];
    const work = { input: { ...input, random: memory.random }, values, lookups, scopes };
    const { random, lookups: answers, ...rendered } = await renderInWorker(work, bounds, answer);
    // Kept before anything is applied: the next render must come to the same passwords.
    await memories.save(bundle, { random, ...(answers.length === 0 ? {} : { lookups: { key, answers } }) });
    return { ...rendered, warnings: [...rendered.warnings.map(renderWarningText), ...lookupWarnings(answers)] };
  };
}

/** What renders charts is loaded in threads of its own only: this process would keep its memory. */
function refuseChart({ bundle }: ChartInput): never {
  throw new AppError("INTERNAL", `bundle ${bundle} has templates and was not given to a render thread`);
}

function sizeOf({ resources }: Content): number {
  return resources.reduce((sum, { content }) => sum + content.length, 0);
}

function hasTemplates(content: Content, options: DeploymentOptions): boolean {
  const { chart = "", repo = "", values = {}, templateValues = {} } = options.helm ?? {};
  if (chart !== "" || repo !== "") return true;
  // Values may hold `${ }` templates of their own, whatever the bundle's files are.
  if (Object.keys(values).length > 0 || Object.keys(templateValues).length > 0) return true;
  return content.resources.some(({ name }) => {
    const isTemplate = options.handlebars !== undefined && name.endsWith(".yaml.hbs");
    return isTemplate || name.startsWith("templates/") || name === "Chart.yaml" || name.endsWith("/Chart.yaml");
  });
}
