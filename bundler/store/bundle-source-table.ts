import * as z from "zod";
import { type Database, type Sql, textColumn } from "./database.ts";

const warningsSchema = z.array(z.string());

/** Where a bundle came from. */
export interface BundleSource {
  readonly namespace: string;
  readonly name: string;
  readonly gitRepo: string;
  /** Bundle directory, relative to the repository. */
  readonly directory: string;
  /** Equal keys: same inputs, so the same bundle. */
  readonly cacheKey: string;
  readonly warnings: readonly string[];
}

/** What bundles were built from; with the Git repositories at hand all of it can be rebuilt. */
export interface BundleSourceTable {
  readAll(): Promise<BundleSource[]>;
  save(sql: Sql, source: BundleSource): Promise<void>;
  /** Names of bundles that are gone (`<workspace>/<name>`), with the cause: what agents may be told to remove. */
  readRemoved(): Promise<Map<string, string>>;
}

/** Returns the table of bundle sources. */
export function createBundleSourceTable(db: Database): BundleSourceTable {
  return {
    readAll: async () =>
      (await db.all("SELECT namespace, name, git_repo, directory, cache_key, warnings FROM bundle_sources")).map(
        (row) => ({
          namespace: textColumn(row, "namespace"),
          name: textColumn(row, "name"),
          gitRepo: textColumn(row, "git_repo"),
          directory: textColumn(row, "directory"),
          cacheKey: textColumn(row, "cache_key"),
          warnings: warningsSchema.parse(JSON.parse(textColumn(row, "warnings"))),
        }),
      ),
    save: async (sql, { namespace, name, gitRepo, directory, cacheKey, warnings }) => {
      await sql.run(
        `INSERT INTO bundle_sources (namespace, name, git_repo, directory, cache_key, warnings) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (namespace, name) DO UPDATE SET
           git_repo = excluded.git_repo, directory = excluded.directory, cache_key = excluded.cache_key, warnings = excluded.warnings`,
        [namespace, name, gitRepo, directory, cacheKey, JSON.stringify(warnings)],
      );
    },
    readRemoved: async () =>
      new Map(
        (await db.all("SELECT namespace, name, because FROM removed_bundles")).map((row) => [
          `${textColumn(row, "namespace")}/${textColumn(row, "name")}`,
          textColumn(row, "because"),
        ]),
      ),
  };
}
