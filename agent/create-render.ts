import type { Content } from "../shared/api/content.ts";
import type { DeploymentOptions } from "../shared/api/deployment-options.ts";
import { AppError } from "../shared/errors.ts";
import type { KindScope } from "../shared/render/built-in-kinds.ts";
import type { ChartInput } from "../shared/render/chart/chart-input.ts";
import { apiVersionOf } from "./kube/api-resource.ts";
import type { Discovery } from "./kube/discovery.ts";
import type { Render } from "./reconcile/render-deployment.ts";
import type { RandomStore } from "./reconcile/random-store.ts";
import { renderInWorker, type RenderBounds } from "./render-in-worker.ts";

/** Returns how this agent renders: raw YAML here, templates in a thread of their own with limits. */
export function createRender(discovery: Discovery, bounds: RenderBounds, randoms: RandomStore): Render {
  return async ({ scopeOf, ...input }) => {
    // Before discovery was read once, no scope is known.
    await discovery.resolve("v1", "Namespace");
    if (hasTemplates(input.content, input.options)) {
      const scopes = new Map<string, KindScope>();
      for (const resource of discovery.all()) {
        scopes.set(`${apiVersionOf(resource)}/${resource.kind}`, resource.namespaced ? "Namespaced" : "Cluster");
      }
      const random = await randoms.read(input.bundle);
      const rendered = await renderInWorker({ input: { ...input, random }, scopes }, bounds);
      // Kept before anything is applied: the next render must come to the same passwords.
      await randoms.save(input.bundle, rendered.random);
      return { objects: rendered.objects, hooks: rendered.hooks, warnings: rendered.warnings };
    }
    // Read on first use: an agent without deployments needs none of it.
    const { renderWith } = await import("../shared/render/render-with.ts");
    return renderWith({ ...input, scopeOf }, refuseChart);
  };
}

/** What renders charts is loaded in threads of its own only: this process would keep its memory. */
function refuseChart({ bundle }: ChartInput): never {
  throw new AppError("INTERNAL", `bundle ${bundle} has templates and was not given to a render thread`);
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
