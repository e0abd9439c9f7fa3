import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { withFieldTables } from "./field-tables.ts";
import { referencePages } from "./reference-pages.ts";

const docs = join(import.meta.dirname, "../docs");
mkdirSync(join(docs, "reference"), { recursive: true });
for (const [file, text] of Object.entries(referencePages())) writeFileSync(join(docs, "reference", file), text);
for (const file of readdirSync(join(docs, "spec"))) {
  const path = join(docs, "spec", file);
  writeFileSync(path, withFieldTables(readFileSync(path, "utf8")));
}
console.log(`wrote docs/reference and the field tables of docs/spec`);
