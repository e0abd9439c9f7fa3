import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { constants, zstdCompressSync } from "node:zlib";
import { builtInDefinitions } from "../../apiserver/resources/built-in-schemas.ts";
import { readFieldNumbers } from "./read-field-numbers.ts";

// Writes apiserver/http/protobuf/data/field-numbers.json.zst:
//   node tools/protobuf-fields/generate.ts --modules "$(go env GOMODCACHE)" --version 0.36.3

const { values } = parseArgs({ options: { modules: { type: "string" }, version: { type: "string" } } });
if (values.modules === undefined || values.version === undefined) {
  console.error('usage: generate.ts --modules "$(go env GOMODCACHE)" --version 0.36.3');
  process.exit(2);
}

const { modules, version } = values;
const numbers = readFieldNumbers(Object.keys(builtInDefinitions()), { modules, version });
const packed = zstdCompressSync(JSON.stringify(numbers), { params: { [constants.ZSTD_c_compressionLevel]: 19 } });
writeFileSync(new URL("../../apiserver/http/protobuf/data/field-numbers.json.zst", import.meta.url), packed);
console.log(`${Object.keys(numbers).length} types, ${packed.length} bytes`);
