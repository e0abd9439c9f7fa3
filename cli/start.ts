#!/usr/bin/env node
// Program of the installed command. What V8 compiles is kept in the user's cache folder for the next start.
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runScript } from "./run-script.ts";

declare const helmTemplateScript: string;

const cacheFolder = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "drover", "compiled");
const [, , first, second, ...rest] = process.argv;
if (first === "helm" && second === "template" && !rest.includes("--help") && !rest.includes("-h")) {
  runScript(join(dirname(fileURLToPath(import.meta.url)), helmTemplateScript), cacheFolder);
} else {
  // To be said before the first of our modules is loaded.
  enableCompileCache(cacheFolder);
  const { runProcess } = await import("./main.ts");
  await runProcess();
}
