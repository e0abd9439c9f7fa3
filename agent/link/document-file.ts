import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { parseJson } from "../../codec/parse-json.ts";
import { printJson } from "../../codec/print-json.ts";
import type { Logger } from "../../shared/log.ts";
import { desiredDocumentSchema, type DesiredDocument } from "../../shared/protocol/desired-document.ts";

/** Returns the last document that was kept, undefined when there is none or it cannot be read. */
export async function readDocumentFile(path: string, log: Logger): Promise<DesiredDocument | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return undefined;
  }
  try {
    return desiredDocumentSchema.parse(parseJson(text));
  } catch (error) {
    log.warn({ err: error }, "cached document is damaged and not used");
    return undefined;
  }
}

/** Keeps a document for the next start: whole or not at all, also when the machine stops in between. */
export async function writeDocumentFile(path: string, document: DesiredDocument): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.tmp`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(printJson(document));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
