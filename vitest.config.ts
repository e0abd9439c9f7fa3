import { availableParallelism, homedir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const rig = { globalSetup: ["test/support/global-setup.ts"], testTimeout: 60_000, hookTimeout: 120_000 };

// The many processes and threads of ours that tests start from the sources load what earlier ones compiled: half their CPU time.
process.env["NODE_COMPILE_CACHE"] ??= join(
  process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
  "drover",
  "compiled-sources",
);

// Kubernetes' programs, helm and kubectl are written in Go: with a larger heap they take a fifth less CPU time.
process.env["GOGC"] ??= "400";

export default defineConfig({
  test: {
    // Most tests wait for other processes: one more than the two cores of CI keeps these busy; a fourth file costs more than it saves.
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      // Pure functions: files share what is loaded.
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 20_000, isolate: false } },
      { test: { name: "integration", include: ["test/integration/**/*.test.ts"], ...rig } },
      { test: { name: "conformance", include: ["test/conformance/**/*.test.ts"], ...rig } },
      { test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], ...rig, testTimeout: 180_000 } },
      { test: { name: "examples", include: ["test/examples/**/*.test.ts"], ...rig } },
    ],
  },
});
