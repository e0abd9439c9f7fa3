#!/usr/bin/env node
// Program of the installed command. What V8 compiles is kept in the user's cache folder for the next start, which has to be
// said before the first of our modules is loaded.
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

const cacheFolder = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
enableCompileCache(join(cacheFolder, "drover", "compiled"));
const { runProcess } = await import("./main.ts");
await runProcess();
