import { spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createTempDir } from "../../support/temp-dir.ts";

const printer = JSON.stringify(join(import.meta.dirname, "../../../cli/printer.ts"));
const lines = 30_000;
/** Prints more than a pipe holds, in two texts, and ends at once where it may. */
const program = `import { createPrinter } from ${printer}; const { print, isWritten } = createPrinter();
print(Array.from({ length: ${lines} }, (_, index) => "line " + index).join("\\n")); print("end"); if (isWritten()) process.exit();`;
const argsAfter = (before: string): string[] => ["--input-type=module", "-e", `${before}\n${program}`];

async function closed(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((resolve) => {
    child.on("close", (code) => resolve(code));
  });
}

/** A shell joins the processes by a pipe; `spawn` alone would use a socket. */
function throughPipe(reader: string, before: string): ReturnType<typeof spawn> {
  const shell = `"$0" "$@" | ${reader}; exit "\${PIPESTATUS[0]}"`;
  return spawn("bash", ["-c", shell, process.execPath, ...argsAfter(before)], { stdio: ["ignore", "pipe", "pipe"] });
}

it.each([
  { name: "a pipe", before: "" },
  { name: "a pipe that does not wait for its reader", before: "process.stdout._handle.setBlocking(false);" },
])("prints everything into $name", async ({ before }) => {
  const child = throughPipe("cat", before);
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  expect(await closed(child)).toBe(0);
  expect(text.split("\n")).toHaveLength(lines + 2);
  expect(text.endsWith(`line ${lines - 1}\nend\n`)).toBe(true);
});

it("ends without a word when the reader has had enough", async () => {
  const child = throughPipe("head -1", "");
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  expect(await closed(child)).toBe(0);
  expect(text).toBe("line 0\n");
});

it("prints everything through a socket", async () => {
  const child = spawn(process.execPath, argsAfter(""), { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  expect(await closed(child)).toBe(0);
  expect(text.split("\n")).toHaveLength(lines + 2);
});

it("prints everything into a file", async () => {
  await using folder = await createTempDir("printer");
  const path = join(folder.path, "out");
  await using file = await open(path, "w");
  expect(await closed(spawn(process.execPath, argsAfter(""), { stdio: ["ignore", file.fd, "inherit"] }))).toBe(0);
  expect((await readFile(path, "utf8")).split("\n")).toHaveLength(lines + 2);
});
