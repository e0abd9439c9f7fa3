import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadChart } from "../../../helm/chart/load-chart.ts";
import { readChartDir } from "../../../helm/chart/read-chart-dir.ts";
import { renderChart } from "../../../helm/chart/render-chart.ts";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { runRealHelm } from "./run-helm.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));
const charts = join(import.meta.dirname, "../../fixtures/charts");

const plugin = `apiVersion: v1
name: after
version: 0.1.0
type: postrenderer/v1
runtime: subprocess
runtimeConfig:
  platformCommand: [{command: "\${HELM_PLUGIN_DIR}/after.sh"}]
`;
/** Keeps what it sees, changes a word, and adds objects, one of them a hook. */
const script = `#!/bin/sh
tee "$HELM_PLUGIN_DIR/seen.yaml" | sed 's/k = v/k = w/; s/name: second/name: other/'
printf -- '---\\nkind: Added\\nmetadata: {name: x, annotations: {}}\\n'
printf -- '---\\nkind: Late\\nmetadata: {name: y, annotations: {helm.sh/hook: post-install}}\\n'
`;

describe.skipIf(!isThere)("the post-render hook", () => {
  it.each(["plain", "old"])("sees and gives what helm's post-renderer sees and gives: %s", async (name) => {
    await using folder = await createTempDir("post-render");
    const place = join(folder.path, "after");
    await mkdir(place);
    await writeFile(join(place, "plugin.yaml"), plugin);
    await writeFile(join(place, "after.sh"), script);
    await chmod(join(place, "after.sh"), 0o755);
    const call = ["template", "rel", name, "--post-renderer", "after"];
    const { stdout, fault } = await runRealHelm(call, charts, { HELM_PLUGINS: folder.path });
    expect(fault).toBe("");

    let seen = "";
    const { manifests, hooks } = renderChart({
      chart: loadChart(readChartDir(join(charts, name))),
      values: [],
      release: { name: "rel", namespace: "default", revision: 1, isUpgrade: false },
      postRender: (documents) => {
        seen = documents;
        const changed = documents.replaceAll("k = v", "k = w").replaceAll("name: second", "name: other");
        const late = "kind: Late\nmetadata: {name: y, annotations: {helm.sh/hook: post-install}}\n";
        return `${changed}---\nkind: Added\nmetadata: {name: x, annotations: {}}\n---\n${late}`;
      },
    });
    expect(seen).toBe(await readFile(join(place, "seen.yaml"), "utf8"));
    const [main, late] = [manifests, hooks].map((list) =>
      list.map(({ source, content }) => `---\n# Source: ${source}\n${content}\n`).join(""),
    );
    expect(`${main?.trimEnd()}\n${late}`).toBe(stdout);
  });
});
