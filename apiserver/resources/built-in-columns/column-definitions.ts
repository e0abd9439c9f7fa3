import { readFileSync } from "node:fs";
import { zstdDecompressSync } from "node:zlib";
import { z } from "zod";

/** A column of a Table, as `meta.k8s.io/v1` describes it. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  /** 0 is always shown, more only with `-o wide`. */
  readonly priority: number;
}

const definitions = z.record(
  z.string(),
  z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      format: z.string(),
      description: z.string(),
      priority: z.number(),
    }),
  ),
);

let loaded: Readonly<Record<string, readonly ColumnDefinition[]>> | undefined;

/** Returns the columns that kube-apiserver 1.36 shows for its own kinds, by `group/version/plural`; read from disk once. */
export function columnDefinitions(): Readonly<Record<string, readonly ColumnDefinition[]>> {
  const file = new URL("../data/built-in-columns.json.zst", import.meta.url);
  loaded ??= definitions.parse(JSON.parse(zstdDecompressSync(readFileSync(file)).toString("utf8")));
  return loaded;
}
