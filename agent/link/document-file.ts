import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import { parseJson } from "../../codec/parse-json.ts";
import { printJson } from "../../codec/print-json.ts";
import type { Logger } from "../../shared/log.ts";
import { desiredDocumentSchema, type DesiredDocument } from "../../shared/protocol/desired-document.ts";

const fileSchema = z.object({ cluster: z.string(), document: desiredDocumentSchema });

/**
 * Returns the last document that was kept for a cluster (`<workspace>/<name>`), undefined when there is none, when it
 * cannot be read, or when the folder was another cluster's.
 */
export async function readDocumentFile(
  path: string,
  cluster: string,
  log: Logger,
): Promise<DesiredDocument | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return undefined;
  }
  try {
    const file = fileSchema.parse(parseJson(text));
    if (file.cluster === cluster) return file.document;
    log.warn({ cluster, other: file.cluster }, "cached document is another cluster's and not used");
    return undefined;
  } catch (error) {
    log.warn({ err: error }, "cached document is damaged and not used");
    return undefined;
  }
}

/** Keeps a document for the next start: whole or not at all, also when the machine stops in between. */
export async function writeDocumentFile(path: string, cluster: string, document: DesiredDocument): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.tmp`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(printJson({ cluster, document }));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
