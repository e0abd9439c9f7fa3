import { describe, expect, it } from "vitest";
import { runCli } from "../../../cli/main.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { writeFiles } from "../../support/write-files.ts";

const files = {
  "repo/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "repo/web/templates/loop.yaml": "{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}",
  "repo/web/fleet.yaml": "defaultNamespace: shop\n",
  "targets.yaml": "targets: [{ clusterSelector: {} }]\n",
  "clusters.yaml": "kind: Cluster\napiVersion: fleet.cattle.io/v1alpha1\nmetadata: { name: dev }\nspec: {}\n",
};
const aimed = ["--repo", "repo", "--name", "config", "--targets-file", "targets.yaml", "--clusters", "clusters.yaml"];

async function failure(milliseconds: string, words: readonly string[]): Promise<string> {
  await using folder = await createTempDir("render-cpu");
  await writeFiles(folder.path, files);
  const env = { DROVER_RENDER_CPU_MS: milliseconds };
  const { context, output, errors } = createTestContext({ cwd: folder.path, env });
  expect(await runCli([...words, ...aimed], context)).not.toBe(0);
  return output() + errors();
}

describe("DROVER_RENDER_CPU_MS of commands that render bundles offline", () => {
  it.each([["render"], ["lint"]])("bounds the CPU time of a chart: drover %s", async (command) => {
    expect(await failure("40", [command])).toMatch(
      /web\/templates\/loop\.yaml:1:\d+: .*takes more than 40 ms of CPU time/u,
    );
  });

  it("is refused when it is no number of milliseconds", async () => {
    expect(await failure("soon", ["render"])).toContain('DROVER_RENDER_CPU_MS is "soon": give milliseconds between 1');
  });
});
