import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type BuildOptions, build, type BuildResult } from "esbuild";

/**
 * Builds the agent and its render threads for little memory: Node keeps the text of every file that it loads, so that parts
 * which an agent may never need are files of their own, and comments and indentation go. Identifiers stay, for stack traces.
 * Throws when a file could not be kept in one byte a character.
 */
export async function buildAgent(
  entryPoints: Readonly<Record<string, string>>,
  shared: BuildOptions,
): Promise<BuildResult> {
  const built = await build({
    ...shared,
    entryPoints: { ...entryPoints },
    splitting: true,
    chunkNames: "agent-[name]-[hash]",
    minifyWhitespace: true,
    // A call and a property for each of 3,000 functions, where bundling renames few.
    keepNames: false,
  });
  const files = Object.keys(built.metafile?.outputs ?? {}).filter((file) => file.endsWith(".mjs"));
  for (const file of files) await refuseWideText(join(shared.absWorkingDir ?? ".", file));
  return built;
}

/** One character beyond Latin-1 makes V8 keep the whole file in two bytes a character; the linker escapes those of strings. */
async function refuseWideText(path: string): Promise<void> {
  const text = await readFile(path, "utf8");
  const at = text.search(/[^\0-\x7f]/u);
  if (at === -1) return;
  const around = text.slice(Math.max(0, at - 60), at + 20);
  throw new Error(`${path} holds a character beyond ASCII, write it as \\u…: ${around}`);
}
