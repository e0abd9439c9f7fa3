import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { constants, zstdCompressSync } from "node:zlib";
import { startKubeCluster } from "../../test/kube/cluster.ts";
import { readColumns } from "./read-columns.ts";
import { addGoTypes } from "./read-go-types.ts";
import { readOpenApi } from "./read-open-api.ts";
import { readResources } from "./read-resources.ts";

// Writes apiserver/resources/data/ from the kube-apiserver of the test rig:
//   node tools/built-in-kinds/generate.ts --modules "$(go env GOMODCACHE)" --version 0.36.3

const { values } = parseArgs({ options: { modules: { type: "string" }, version: { type: "string" } } });
if (values.modules === undefined || values.version === undefined) {
  console.error('usage: generate.ts --modules "$(go env GOMODCACHE)" --version 0.36.3');
  process.exit(2);
}

const data = new URL("../../apiserver/resources/data/", import.meta.url);
await using cluster = await startKubeCluster({ name: "generate" });
const resources = await readResources(cluster);
writeFileSync(new URL("built-in-resources.json", data), `${JSON.stringify(resources, undefined, 1)}\n`);

function pack(value: unknown): Buffer {
  return zstdCompressSync(JSON.stringify(value), { params: { [constants.ZSTD_c_compressionLevel]: 19 } });
}

writeFileSync(new URL("built-in-columns.json.zst", data), pack(await readColumns(cluster, resources)));

const { definitions, missing } = addGoTypes(await readOpenApi(cluster), values.modules, values.version);
if (missing.length > 0) console.error(`no Go struct found for: ${missing.join(", ")}`);
const packed = pack(definitions);
writeFileSync(new URL("built-in-schemas.json.zst", data), packed);
console.log(`${resources.length} resources, ${Object.keys(definitions).length} schemas, ${packed.length} bytes`);
