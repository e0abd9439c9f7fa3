import { basename } from "node:path";
import { type BuildOptions, type BuildResult, build } from "esbuild";
import { lazyPackages, packagesOnDemand } from "./lazy-imports.ts";

/** What `cli/run-script.ts` runs: the program's file, and what was built for it, packages in scripts of their own included. */
export interface BuiltScript {
  readonly name: string;
  readonly built: readonly BuildResult[];
}

/** Builds a program as one function of `require` and of what `cli/run-script.ts` gives besides; the text is ASCII. */
export async function buildScript(entry: string, shared: BuildOptions): Promise<BuiltScript> {
  const script: BuildOptions = {
    ...shared,
    entryNames: "drover-[name]-[hash]",
    outExtension: { ".js": ".cjs" },
    format: "cjs",
    minifyWhitespace: true,
    keepNames: false,
    legalComments: "external",
    logOverride: { "empty-import-meta": "error" },
  };
  const packages = await Promise.all(lazyPackages.map(async (name) => buildPackage(name, script)));
  const files = new Map(lazyPackages.map((name, index) => [name as string, scriptName(packages[index])]));
  const program = await build({
    ...script,
    entryPoints: [entry],
    plugins: [...(script.plugins ?? []), packagesOnDemand((path) => `load(${JSON.stringify(files.get(path))})`)],
    banner: { js: "(function (require, load, optimizeLate) {" },
    footer: { js: "})" },
  });
  return { name: scriptName(program), built: [program, ...packages] };
}

/** A script whose function returns what the package exports. */
async function buildPackage(name: string, script: BuildOptions): Promise<BuildResult> {
  return build({
    ...script,
    entryPoints: { [name]: name },
    banner: { js: "(function (require) { const module = { exports: {} };" },
    footer: { js: "return module.exports; })" },
  });
}

/** Its name changes with its content. */
function scriptName(result: BuildResult | undefined): string {
  const file = Object.keys(result?.metafile?.outputs ?? {}).find((name) => name.endsWith(".cjs"));
  if (file === undefined) throw new Error("esbuild has written no script");
  return basename(file);
}
