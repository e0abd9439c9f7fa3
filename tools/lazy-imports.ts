import { builtinModules, createRequire } from "node:module";
import type { Plugin } from "esbuild";

const builtIns = new Set(builtinModules);
const requirePackage = createRequire(import.meta.url);
const identifier = /^[A-Za-z_$][\w$]*$/;

/**
 * Takes built-ins from the process instead of importing them: an import of `node:fs` or `node:crypto` reads every name that
 * the module has, and so loads streams, promises, readline and web crypto, 15 ms and 2 MB that few commands need.
 */
export const plainBuiltIns: Plugin = {
  name: "plain-built-ins",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^[a-z_0-9:/]+$/ }, ({ path, kind }) => {
      const name = path.replace(/^node:/, "");
      const isImport = kind === "import-statement" || kind === "dynamic-import";
      if (!isImport || (!builtIns.has(name) && name === path)) return undefined;
      return { path: `node:${name}`, namespace: "built-in" };
    });
    onLoad({ filter: /.*/, namespace: "built-in" }, ({ path }) => {
      const exported: Readonly<Record<string, unknown>> = requirePackage(path);
      const names = Object.keys(exported).filter((name) => identifier.test(name) && name !== "default");
      const lines = names.map((name) => `export const ${name} = ${builtIn(name, exported[name], path)};`);
      // What nobody imports is dropped, since the calls are marked as pure.
      const load = `let $loaded; const $module = () => $loaded ??= process.getBuiltinModule(${JSON.stringify(path)}); const $name = (name) => $module()[name];`;
      return { contents: `${load}\nexport default /* @__PURE__ */ $module();\n${lines.join("\n")}`, loader: "js" };
    });
  },
};

/** Loading this one takes 5 to 15 ms, streams included: none of its classes is a base of ours. */
const slowModule = "node:crypto";

/** Plain functions load their module when they are called; classes, constants and what carries more are taken at once. */
function builtIn(name: string, value: unknown, path: string): string {
  if (path === slowModule && name === "X509Certificate") {
    const get = `get: (_, key) => $name("${name}")[key]`;
    return `/* @__PURE__ */ new Proxy(class {}, { construct: (_, args) => new ($name("${name}"))(...args), ${get} })`;
  }
  const isPlain = typeof value === "function" && /^[a-z]/.test(name) && Reflect.ownKeys(value).length <= 3;
  return isPlain ? `(...args) => $module().${name}(...args)` : `/* @__PURE__ */ $name(${JSON.stringify(name)})`;
}

/** Packages that few calls need and that take long to load; our sources use them inside functions only. */
export const lazyPackages = ["re2js", "smol-toml", "bcryptjs"] as const;
const isLazy = new RegExp(`^(?:${lazyPackages.join("|")})$`);

/** Returns the plugin that takes names of lazy packages from the expression `given`, a module, when one of them is first used. */
export function packagesOnDemand(given: (path: string) => string): Plugin {
  return {
    name: "packages-on-demand",
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: isLazy }, ({ path, kind, importer, resolveDir }) => {
        const isOurs = kind === "import-statement" && !importer.includes("node_modules");
        return isOurs ? { path, namespace: "on-demand", pluginData: resolveDir } : undefined;
      });
      onLoad({ filter: /.*/, namespace: "on-demand" }, ({ path, pluginData }) => {
        const exported: Readonly<Record<string, unknown>> = requirePackage(path);
        const getters = Object.keys(exported)
          .filter((name) => identifier.test(name) && name !== "default")
          .map((name) => `get ${name}() { return $package().${name}; }`);
        const load = `let $loaded; const $package = () => $loaded ??= ${given(path)};`;
        return {
          contents: `${load}\nmodule.exports = { ${getters.join(", ")} };`,
          loader: "js",
          resolveDir: pluginData,
        };
      });
    },
  };
}

/** Their code is part of the bundle. */
export const packagesWithin: Plugin = packagesOnDemand((path) => `require(${JSON.stringify(path)})`);
