import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { jsonSchemas } from "./json-schemas.ts";

const folder = join(dirname(import.meta.dirname), "docs/reference/schemas");
mkdirSync(folder, { recursive: true });
for (const [file, text] of Object.entries(jsonSchemas())) writeFileSync(join(folder, file), text);
console.log(`wrote ${folder}`);
