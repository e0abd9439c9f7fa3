import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { forbiddenImports, type ImportRule, packageName } from "../support/check-imports.ts";
import { readImports } from "../support/read-imports.ts";

const x509 = ["@peculiar/x509", "reflect-metadata"];
const bundlerFolders = ["bundler", "shared", "apiserver", "helm", "codec"];
const bundlerPackages = ["node:*", "zod", "js-yaml", "node-cron", "@kubernetes/client-node", ...x509];
const simulatorFolders = ["simulator", "agent", "bundler", "shared", "apiserver", "helm", "codec"];

/** Who may import whom: the table of the style guide, section 3. Other folders (`test`, `bench`, …) may import anything. */
const rules: readonly ImportRule[] = [
  { folder: "codec", ours: ["codec"], packages: ["js-yaml", "node:crypto"] },
  {
    folder: "helm",
    ours: ["helm", "codec"],
    packages: ["node:*", "re2js", "smol-toml", "bcryptjs", "semver", ...x509],
  },
  { folder: "apiserver", ours: ["apiserver", "codec"], packages: ["node:*", "zod"] },
  {
    folder: "shared",
    ours: ["shared", "codec"],
    except: ["shared/runtime"],
    packages: ["handlebars", "zod", "node:crypto"],
  },
  ...["shared/bundle", "shared/render", "shared/targeting"].map((folder) => ({
    folder,
    ours: ["shared", "codec", "helm"],
    except: ["shared/runtime"],
    packages: ["handlebars", "zod", "node:crypto"],
  })),
  // Patterns in health rules, and names in comparePatches, are Go's regular expressions.
  {
    folder: "shared/cel/functions/regular-expressions.ts",
    ours: ["shared", "helm/functions/compile-regex.ts", "helm/template/go-value.ts"],
    except: ["shared/runtime"],
    packages: [],
  },
  {
    folder: "shared/drift/name-expressions.ts",
    ours: ["shared", "helm/functions/compile-regex.ts", "helm/template/go-value.ts"],
    except: ["shared/runtime"],
    packages: [],
  },
  { folder: "shared/runtime", ours: ["shared", "codec"], packages: ["node:*", "pino", "prom-client", "zod", ...x509] },
  { folder: "bundler", ours: bundlerFolders, packages: bundlerPackages },
  { folder: "bundler/git", ours: bundlerFolders, packages: [...bundlerPackages, "isomorphic-git"] },
  { folder: "bundler/store/postgres", ours: bundlerFolders, packages: [...bundlerPackages, "pg"] },
  {
    folder: "agent",
    ours: ["agent", "shared", "helm", "codec"],
    packages: ["node:*", "zod"],
    typePackages: ["@kubernetes/client-node"],
  },
  { folder: "simulator", ours: simulatorFolders, except: ["simulator/demo"], packages: ["node:*"] },
  // The demo starts bundler and agents as processes, as a user would, and speaks to them over their interfaces.
  { folder: "simulator/demo", ours: simulatorFolders, packages: ["node:*", "zod"] },
  {
    folder: "cli",
    ours: ["cli", "shared", "helm", "codec"],
    packages: ["node:*", "zod", "@kubernetes/client-node", "isomorphic-git"],
  },
  // `drover bundler` and `drover agent` are the programs themselves.
  ...["bundler", "agent"].map((program) => ({
    folder: `cli/commands/${program}.ts`,
    ours: ["cli", "shared", "helm", "codec", `${program}/main.ts`],
    packages: ["node:*", "zod"],
  })),
  { folder: "dashboard", ours: ["dashboard", "shared", "codec"], packages: [] },
];

const root = dirname(dirname(import.meta.dirname));
const productFolders = new Set([
  "agent",
  "apiserver",
  "bundler",
  "cli",
  "codec",
  "dashboard",
  "helm",
  "shared",
  "simulator",
]);

function sourceFiles(folder = ""): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".") || entry.name === "node_modules" || entry.name === "dist") return [];
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return path === "test/fixtures" ? [] : sourceFiles(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

const files = sourceFiles().map((path) => {
  const text = readFileSync(join(root, path), "utf8");
  return { path, text, imports: readImports(text) };
});

describe("the sources", () => {
  it("import only what the table allows, by the names of files", () => {
    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap(({ path, imports }) => forbiddenImports(path, imports, rules))).toEqual([]);
  });

  it("use at run time only packages that are installed with the product", () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const undeclared = files
      .filter(({ path }) => productFolders.has(path.split("/")[0] ?? ""))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ specifier, typeOnly }) => !typeOnly && !/^(?:\.|node:)/u.test(specifier))
          .filter(({ specifier }) => !Object.hasOwn(dependencies, packageName(specifier)))
          .map(({ specifier }) => `${path} → ${specifier}`),
      );
    expect(undeclared).toEqual([]);
  });

  it("give the dashboard nothing that needs Node", () => {
    const byPath = new Map(files.map((file) => [file.path, file]));
    const reached = new Set(files.map(({ path }) => path).filter((path) => path.startsWith("dashboard/")));
    for (const path of reached) {
      for (const { specifier, typeOnly } of byPath.get(path)?.imports ?? []) {
        if (!typeOnly && specifier.startsWith(".")) reached.add(posix.join(posix.dirname(path), specifier));
      }
    }
    const needNode = [...reached].flatMap((path) =>
      (byPath.get(path)?.imports ?? [])
        .filter(({ specifier }) => specifier.startsWith("node:"))
        .map(({ specifier }) => `${path} → ${specifier}`),
    );
    expect(needNode).toEqual([]);
  });

  it("have at most 300 lines each", () => {
    const long = files.filter(({ text }) => text.trimEnd().split("\n").length > 300);
    expect(long.map(({ path }) => path)).toEqual([]);
  });

  it("are named in kebab case after what they hold, never index.ts", () => {
    const odd = files.filter(({ path }) => {
      const name = posix.basename(path);
      return name === "index.ts" || !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|config|d))?\.ts$/u.test(name);
    });
    expect(odd.map(({ path }) => path)).toEqual([]);
  });
});

describe("the import check", () => {
  it.each([
    { name: "codec that imports helm", file: "codec/a.ts", code: 'import { x } from "../helm/x.ts";' },
    {
      name: "a type of the agent in the bundler",
      file: "bundler/a.ts",
      code: 'import type { X } from "../agent/x.ts";',
    },
    { name: "a dynamic import", file: "agent/a.ts", code: 'const x = await import("../bundler/x.ts");' },
    { name: "a type by import()", file: "agent/a.ts", code: 'type X = import("../bundler/x.ts").X;' },
    { name: "an export from elsewhere", file: "helm/a.ts", code: 'export * from "../shared/x.ts";' },
    { name: "helm outside of rendering", file: "shared/status/a.ts", code: 'import { x } from "../../helm/x.ts";' },
    { name: "the impure corner", file: "shared/drift/a.ts", code: 'import { x } from "../runtime/logger.ts";' },
    { name: "pg outside of its folder", file: "bundler/store/a.ts", code: 'import { Pool } from "pg";' },
    {
      name: "a value where only types are",
      file: "agent/a.ts",
      code: 'import { V1Pod } from "@kubernetes/client-node";',
    },
    { name: "a missing extension", file: "test/a.ts", code: 'import { x } from "./x";' },
    { name: "a built-in in pure code", file: "shared/bundle/a.ts", code: 'import { readFileSync } from "node:fs";' },
    { name: "a computed import", file: "bundler/a.ts", code: "await import(name);" },
  ])("reports $name", ({ file, code }) => {
    expect(forbiddenImports(file, readImports(code), rules)).toEqual([
      `${file} → ${/"(?<specifier>[^"]+)"/u.exec(code)?.groups?.["specifier"] ?? "<computed>"}`,
    ]);
  });

  it.each([
    {
      name: "a comment or a text",
      file: "codec/a.ts",
      code: '// import "../helm/x.ts"\nconst x = `import "../helm/x.ts"`;',
    },
    { name: "helm in rendering", file: "shared/render/a.ts", code: 'import { x } from "../../helm/x.ts";' },
    {
      name: "types where types are allowed",
      file: "agent/a.ts",
      code: 'import { type V1Pod } from "@kubernetes/client-node";',
    },
    { name: "pg in its folder", file: "bundler/store/postgres/a.ts", code: 'import { Pool } from "pg";' },
    { name: "anything in tests", file: "test/a.ts", code: 'import { x } from "../agent/x.ts";' },
  ])("lets $name pass", ({ file, code }) => {
    expect(forbiddenImports(file, readImports(code), rules)).toEqual([]);
  });
});
