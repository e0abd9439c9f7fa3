import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { type BuildOptions, build, type Loader, type Plugin } from "esbuild";
import { buildAgent } from "./build-agent.ts";
import { buildScript } from "./build-script.ts";
import { keepCode } from "./keep-code.ts";
import { packagesWithin, plainBuiltIns } from "./lazy-imports.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

/** The hub and its workers, by the name of their bundle: one file each. */
const hubEntries = {
  bundler: "bundler/main.ts",
  "fetch-worker": "bundler/git/fetch-worker.ts",
  "chart-worker": "bundler/build/chart-worker.ts",
} as const;
const agentEntries = { agent: "agent/main.ts", "render-worker": "agent/render-worker.ts" } as const;

/** `new URL("…", import.meta.url)` with a literal path: a file that is read, or a worker that is started, at run time. */
const fileReference = /new URL\(\s*"([^"]+\.(?:json|zst|ts))",\s*import\.meta\.url,?\s*\)/gu;

/** In a bundle all such files lie beside it: data in `data/`, workers as bundles of their own. */
const besideTheBundle: Plugin = {
  name: "files-beside-the-bundle",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes("node_modules")) return undefined;
      const source = await readFile(path, "utf8");
      const loader: Loader = "ts";
      const contents = source.replaceAll(
        fileReference,
        (_whole, reference: string) => `new URL("${newPlace(reference)}", import.meta.url)`,
      );
      for (const [, reference = ""] of source.matchAll(fileReference)) {
        if (!reference.endsWith(".ts"))
          await copyFile(resolve(dirname(path), reference), join(dist, "data", basename(reference)));
      }
      return { contents, loader };
    });
  },
};

function newPlace(reference: string): string {
  if (!reference.endsWith(".ts")) return `./data/${basename(reference)}`;
  // The command line starts the programs by a path of its own that it tries after the bundle beside it.
  return reference.startsWith("./") ? `./${basename(reference, ".ts")}.mjs` : reference;
}

/** Packages written as CommonJS ask for built-ins with `require`, which ES modules do not have. */
const requireBuiltIns =
  'import { createRequire as droverRequire } from "node:module"; const require = droverRequire(import.meta.url);';

/** An older Node would fail somewhere in a library, with a message that helps nobody. */
const refuseOldNode =
  "if (Number.parseInt(process.versions.node, 10) < 24) {" +
  " process.stderr.write(`drover needs Node 24 or newer; this is ${process.version}\\n`); process.exit(2); }";

await rm(dist, { recursive: true, force: true });
await mkdir(join(dist, "data"), { recursive: true });
const shared: BuildOptions = {
  absWorkingDir: root,
  outdir: dist,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  minifySyntax: true,
  keepNames: true,
  legalComments: "linked",
  metafile: true,
  plugins: [besideTheBundle, plainBuiltIns],
  external: ["pg-native"],
  banner: { js: `${requireBuiltIns}\n${refuseOldNode}` },
};
const script = await buildScript(join(root, "cli/helm-template.ts"), shared);
const within: BuildOptions = { ...shared, plugins: [...(shared.plugins ?? []), packagesWithin] };

/** The start takes the command line from the bundle beside it, after it has looked at the words of the call. */
const mainBeside: Plugin = {
  name: "main-beside-the-start",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/main\.ts$/ }, ({ kind }) =>
      kind === "dynamic-import" ? { path: "./drover-main.mjs", external: true } : undefined,
    );
  },
};

const built = await Promise.all([
  build({ ...within, entryPoints: hubEntries }),
  buildAgent(agentEntries, within),
  // The command line is called a hundred times for once that a program starts: each command reads its own part only.
  build({
    ...within,
    entryPoints: { "drover-main": join(root, "cli/main.ts") },
    splitting: true,
    chunkNames: "drover-[name]-[hash]",
    minifyWhitespace: true,
    define: { "import.meta.main": "false" },
  }),
  // CommonJS, which Node starts 2 ms sooner than an ES module.
  build({
    ...shared,
    entryPoints: { drover: join(root, "cli/start.ts") },
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    minifyWhitespace: true,
    plugins: [mainBeside, ...(shared.plugins ?? [])],
    define: { helmTemplateScript: JSON.stringify(script.name), "import.meta.dirname": "__dirname" },
    banner: { js: refuseOldNode },
  }),
]);
for (const [file, { bytes }] of [...script.built, ...built].flatMap(({ metafile }) =>
  Object.entries(metafile?.outputs ?? {}),
)) {
  if (/\.[cm]js$/.test(file)) console.log(`${file}  ${Math.round(bytes / 1024)} KB`);
}
await keepCode(join(dist, "drover.cjs"));
