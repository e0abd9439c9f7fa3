import { findOrBuildBinaries } from "./binaries.ts";

const { paths, missing } = await findOrBuildBinaries();
for (const [name, path] of Object.entries(paths)) console.log(`${name}\t${path}`);
process.exitCode = missing.length === 0 ? 0 : 1;
