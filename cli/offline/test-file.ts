import * as z from "zod";
import { jsonObjectSchema } from "../../shared/api/fields.ts";
import type { Immutable } from "../../shared/api/immutable.ts";
import { labelSelectorSchema } from "../../shared/api/label-selector.ts";

/** Schema of one object that a test looks for. */
const objectExpectationSchema = z.strictObject({
  /** `Kind/name`. */
  object: z.string().regex(/^[^/]+\/.+$/u, "write Kind/name, such as ConfigMap/settings"),
  /** Any when left out. */
  namespace: z.string().exactOptional(),
  /** Fields that it must have; others may be there. Lists are compared item by item and must be equally long. */
  has: jsonObjectSchema.exactOptional(),
  /** No cluster of the test may get such an object. */
  absent: z.literal(true).exactOptional(),
});

const testSchema = z
  .strictObject({
    name: z.string().min(1),
    /** Names of clusters; all of the clusters file without it and without a selector. */
    clusters: z.array(z.string()).exactOptional(),
    clusterSelector: labelSelectorSchema.exactOptional(),
    /** Exactly these bundles are deployed, in any order. */
    bundles: z.array(z.string()).exactOptional(),
    objects: z.array(objectExpectationSchema).exactOptional(),
    /** Bundles that must fail on these clusters, each with words that the message holds. */
    fails: z.record(z.string(), z.string()).exactOptional(),
  })
  .refine(({ bundles, objects, fails }) => bundles !== undefined || objects !== undefined || fails !== undefined, {
    message: "expects nothing: give bundles, objects or fails",
  });

/** Schema of `drover-test.yaml`: what a repository means for clusters, as its owners expect it. Unknown keys are errors. */
export const testFileSchema = z
  .strictObject({
    /** GitRepo manifest, relative to this file. */
    gitRepo: z.string().exactOptional(),
    /** Clusters file, relative to this file. */
    clusters: z.string().exactOptional(),
    /** Repository, relative to this file; the file's folder without it. */
    repository: z.string().exactOptional(),
    /** Folder with `<cluster>/<bundle>.yaml`: every rendered object as it should be. */
    snapshots: z.string().exactOptional(),
    tests: z.array(testSchema).exactOptional(),
  })
  .refine(({ snapshots, tests }) => snapshots !== undefined || (tests ?? []).length > 0, {
    message: "holds neither tests nor snapshots",
  });

export type TestFile = Immutable<z.infer<typeof testFileSchema>>;
export type RepositoryTest = Immutable<z.infer<typeof testSchema>>;
export type ObjectExpectation = Immutable<z.infer<typeof objectExpectationSchema>>;
