import type { DeploymentOptions } from "../../../../shared/api/deployment-options.ts";
import type { RenderInput } from "../../../../shared/render/render-objects.ts";

/** Returns the input of a render of these files, on a cluster named `alpha`. */
export function anInput(
  files: Readonly<Record<string, string>>,
  options: DeploymentOptions = {},
  bend: Partial<RenderInput> = {},
): RenderInput {
  return {
    bundle: "fleet-default/demo",
    content: { source: "files", resources: Object.entries(files).map(([name, content]) => ({ name, content })) },
    options,
    facts: {
      name: "alpha",
      namespace: "fleet-default",
      labels: { env: "dev" },
      annotations: { note: "x" },
      templateValues: {},
    },
    ...bend,
  };
}

/** Returns a manifest of one object. */
export function manifest(kind: string, name: string, more = ""): string {
  return `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}}\n${more}`;
}
