#!/usr/bin/env node
// Program of the installed command. What V8 compiles is kept in the user's cache folder for the next start.
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { runScript } from "./run-script.ts";

declare const helmTemplateScript: string;

const cacheFolder = join(process.env["XDG_CACHE_HOME"] ?? join(homeFolder(), ".cache"), "drover", "compiled");
const [, , first, second, ...rest] = process.argv;
if (first === "helm" && second === "template" && !rest.includes("--help") && !rest.includes("-h")) {
  runScript(join(import.meta.dirname, helmTemplateScript), cacheFolder);
} else {
  // To be said before the first of our modules is loaded.
  enableCompileCache(cacheFolder);
  // No `await`: the build makes a CommonJS module of this file, which Node starts faster.
  void import("./main.ts").then(async ({ runProcess }) => runProcess());
}

/** Loads `node:os` only where it is needed. */
function homeFolder(): string {
  return process.env["HOME"] ?? process.getBuiltinModule("node:os").homedir();
}
