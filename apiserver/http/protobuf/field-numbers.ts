import { readFileSync } from "node:fs";
import { zstdDecompressSync } from "node:zlib";
import { z } from "zod";

/** JSON names of a message's fields by their number; of an inlined struct, which is a message of its own, the fields. */
export interface FieldNumbers {
  readonly [number: string]: FieldNumbers | string;
}

const numbers: z.ZodType<FieldNumbers> = z.lazy(() => z.record(z.string(), z.union([z.string(), numbers])));

let loaded: ReadonlyMap<string, FieldNumbers> | undefined;

/** Returns the field numbers of Kubernetes' built-in types by OpenAPI name; read from disk once. */
export function fieldNumbers(): ReadonlyMap<string, FieldNumbers> {
  const file = new URL("data/field-numbers.json.zst", import.meta.url);
  loaded ??= new Map(
    Object.entries(
      z.record(z.string(), numbers).parse(JSON.parse(zstdDecompressSync(readFileSync(file)).toString("utf8"))),
    ),
  );
  return loaded;
}
