import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingPrograms, reasonMissing } from "../../support/missing-programs.ts";
import { partIsThere } from "../../support/missing-parts.ts";
import { createTempDir } from "../../support/temp-dir.ts";
import { runDroverHelm, runRealHelm } from "./run-helm.ts";

const isThere = partIsThere("helm", reasonMissing(await missingPrograms(["helm"])));
const charts = join(import.meta.dirname, "../../fixtures/charts");

interface Plugin {
  readonly name: string;
  /** Lines of plugin.yaml that differ from those of a good one. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly command?: string;
  readonly script?: string;
}

const echo = "#!/bin/sh\ncat\n";
/** Shows what the program was started with as one more object. */
const tell = `#!/bin/sh
cat
printf -- '---\\nkind: Told\\nmetadata: {name: told}\\nargs: "%s"\\n' "$*"
env | grep '^HELM_PLUGIN\\|^GREETING' | sort | sed "s|$HELM_PLUGIN_DIR|DIR|; s|=|: |"
`;

async function install(folder: string, plugins: readonly Plugin[]): Promise<void> {
  for (const [index, { name, fields, command, script }] of plugins.entries()) {
    const dir = join(folder, `${index}-${name}`);
    await mkdir(dir);
    const all = {
      apiVersion: "v1",
      name,
      version: "0.1.0",
      type: "postrenderer/v1",
      runtime: "subprocess",
      runtimeConfig: `{platformCommand: [{command: "${command ?? "${HELM_PLUGIN_DIR}/run.sh"}"}]}`,
      ...fields,
    };
    await writeFile(
      join(dir, "plugin.yaml"),
      Object.entries(all)
        .map(([key, value]) => `${key}: ${value}\n`)
        .join(""),
    );
    await writeFile(join(dir, "run.sh"), script ?? echo);
    await chmod(join(dir, "run.sh"), 0o755);
  }
}

interface Case {
  readonly name: string;
  readonly plugins: readonly Plugin[];
  readonly flags: readonly string[];
  readonly fault?: RegExp;
}

const platform = `{platformCommand: [{command: "false"}, {os: linux, command: "\${HELM_PLUGIN_DIR}/run.sh one", args: ["$HELM_PLUGIN_NAME", "\${GREETING}", "\${NOT_SET}x"]}, {os: plan9, arch: amd64, command: "false"}]}`;

const cases: readonly Case[] = [
  { name: "a plugin that changes nothing", plugins: [{ name: "same" }], flags: ["--post-renderer", "same"] },
  {
    name: "a plugin that is told arguments and variables",
    plugins: [{ name: "tell", script: tell }],
    flags: [
      "--post-renderer",
      "tell",
      "--post-renderer-args",
      "a b",
      "--post-renderer-args",
      "c,d",
      "--post-renderer-args=",
    ],
  },
  {
    name: "arguments that stand before the plugin",
    plugins: [{ name: "tell", script: tell }],
    flags: ["--post-renderer-args", "first", "--post-renderer", "tell"],
  },
  {
    name: "a command for this system with variables in it",
    plugins: [{ name: "tell", script: tell, fields: { runtimeConfig: platform } }],
    flags: ["--post-renderer", "tell"],
  },
  {
    name: "hooks, which go through it too, left out of the output",
    plugins: [{ name: "tell", script: tell }],
    flags: ["--post-renderer", "tell", "--no-hooks"],
  },
  { name: "arguments alone", plugins: [], flags: ["--post-renderer-args", "x"] },
  { name: "an empty name", plugins: [], flags: ["--post-renderer", ""] },
  { name: "a name that is not there", plugins: [{ name: "a" }], flags: ["--post-renderer", "b"], fault: /not found$/ },
  { name: "a file instead of a name", plugins: [], flags: ["--post-renderer", "./run.sh"], fault: /not found$/ },
  {
    name: "a plugin of another type",
    plugins: [{ name: "a", fields: { type: "cli/v1" } }],
    flags: ["--post-renderer", "a"],
    fault: /not found$/,
  },
  {
    name: "a plugin of Helm 3",
    plugins: [{ name: "a", fields: { apiVersion: '""' } }],
    flags: ["--post-renderer", "a"],
    fault: /not found$/,
  },
  {
    name: "a plugin without a version",
    plugins: [{ name: "a", fields: { version: '""' } }],
    flags: ["--post-renderer", "a"],
    fault: /not found$/,
  },
  {
    name: "a plugin with an unknown field",
    plugins: [{ name: "a", fields: { colour: "red" } }],
    flags: ["--post-renderer", "a"],
    fault: /not found$/,
  },
  {
    name: "an unknown runtime",
    plugins: [{ name: "a", fields: { runtime: "jvm" } }],
    flags: ["--post-renderer", "a"],
    fault: /not found$/,
  },
  {
    name: "two of one name",
    plugins: [{ name: "a" }, { name: "a" }],
    flags: ["--post-renderer", "a"],
    fault: /^invalid argument "a".*two plugins claim/,
  },
  {
    name: "two plugins",
    plugins: [{ name: "a" }, { name: "b" }],
    flags: ["--post-renderer", "a", "--post-renderer", "b"],
    fault: /more than once$/,
  },
  {
    name: "a program that fails",
    plugins: [{ name: "a", script: "#!/bin/sh\ncat\necho no >&2\nexit 3\n" }],
    flags: ["--post-renderer", "a"],
    fault: /exited with error$/,
  },
  {
    name: "a program that prints nothing",
    plugins: [{ name: "a", script: "#!/bin/sh\ncat >/dev/null\necho\n" }],
    flags: ["--post-renderer", "a"],
    fault: /empty output$/,
  },
  {
    name: "a program that reads nothing",
    plugins: [{ name: "a", script: "#!/bin/sh\necho 'kind: A'\n" }],
    flags: ["--post-renderer", "a"],
  },
  {
    name: "a program that is not there",
    plugins: [{ name: "a", command: "/nowhere/x" }],
    flags: ["--post-renderer", "a"],
    fault: /no such file or directory$/,
  },
  {
    name: "a program that is not on the path",
    plugins: [{ name: "a", command: "no-such-program" }],
    flags: ["--post-renderer", "a"],
    fault: /executable file not found in \$PATH$/,
  },
  {
    name: "a program that is no program",
    plugins: [{ name: "a", command: "${HELM_PLUGIN_DIR}/plugin.yaml" }],
    flags: ["--post-renderer", "a"],
    fault: /permission denied$/,
  },
  {
    name: "no command for this machine",
    plugins: [{ name: "a", fields: { runtimeConfig: "{}" } }],
    flags: ["--post-renderer", "a"],
    fault: /no plugin command is applicable$/,
  },
];

describe.skipIf(!isThere)("drover helm template --post-renderer", () => {
  it.each(cases)("does what helm does: $name", async ({ plugins, flags, fault }) => {
    await using folder = await createTempDir("post-renderer");
    await install(folder.path, plugins);
    const call = ["template", "rel", "plain", ...flags];
    const variables = { HELM_PLUGINS: folder.path, GREETING: "hello", PATH: process.env["PATH"] ?? "" };
    const theirs = await runRealHelm(call, charts, variables);
    const ours = await runDroverHelm(call, charts, variables);
    expect(theirs.fault).toMatch(fault ?? /^$/);
    expect(ours.fault).toBe(theirs.fault);
    expect(ours.stdout).toBe(theirs.stdout);
    expect(ours.stdout !== "").toBe(fault === undefined);
  });

  it("finds plugins where helm keeps them without HELM_PLUGINS", async () => {
    await using folder = await createTempDir("post-renderer");
    const plugins = join(folder.path, "helm/plugins");
    await mkdir(plugins, { recursive: true });
    await install(plugins, [{ name: "tell", script: tell }]);
    const call = ["template", "rel", "plain", "--post-renderer", "tell"];
    const variables = { XDG_DATA_HOME: folder.path, PATH: process.env["PATH"] ?? "" };
    const theirs = await runRealHelm(call, charts, variables);
    expect(theirs.fault).toBe("");
    expect((await runDroverHelm(call, charts, variables)).stdout).toBe(theirs.stdout);
  });

  it("refuses WebAssembly and says why", async () => {
    await using folder = await createTempDir("post-renderer");
    await install(folder.path, [{ name: "wasm", fields: { runtime: "extism/v1", runtimeConfig: "{}" } }]);
    const call = ["template", "rel", "plain", "--post-renderer", "wasm"];
    const { stdout, fault } = await runDroverHelm(call, charts, { HELM_PLUGINS: folder.path });
    expect(stdout).toBe("");
    expect(fault).toMatch(/^--post-renderer wasm is refused: the plugin is WebAssembly \(runtime extism\/v1\)/);
  });
});
