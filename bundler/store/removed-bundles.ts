import { type Database, textColumn } from "./database.ts";

/** Returns the bundles that are gone (`<workspace>/<name>`), with the cause: what agents may be told to remove. */
export async function readRemovedBundles(db: Database): Promise<Map<string, string>> {
  const rows = await db.all("SELECT namespace, name, because FROM removed_bundles");
  return new Map(
    rows.map((row) => [`${textColumn(row, "namespace")}/${textColumn(row, "name")}`, textColumn(row, "because")]),
  );
}
