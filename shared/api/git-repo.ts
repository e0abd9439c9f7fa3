import * as z from "zod";

import { gitTargetSchema } from "./bundle-target.ts";
import { correctDriftSchema } from "./deployment-options.ts";
import { notActedOnSchema, objectMetaSchema } from "./fields.ts";
import type { Immutable } from "./immutable.ts";
import { fleetApiVersion } from "./meta.ts";
import { resourceCountsSchema, rollUpShape } from "./state-summary.ts";

/** Schema of one `bundles` entry: exactly one bundle, nothing is searched below it. */
export const bundlePathSchema = z.looseObject({
  base: z.string().describe("Directory of the bundle, relative to the repository.").exactOptional(),
  options: z
    .string()
    .describe("Options file relative to `base`. Default: fleet.yaml or fleet.yml if there.")
    .exactOptional(),
});

/** Schema of a GitRepo's spec. */
export const gitRepoSpecSchema = z.looseObject({
  repo: z.string().describe("Address: https://, ssh:// or user@host:path.").exactOptional(),
  branch: z.string().describe("Branch that is followed. Default: master.").exactOptional(),
  revision: z.string().describe("Commit or tag instead of a branch.").exactOptional(),
  paths: z
    .array(z.string())
    .describe("Directories or globs that are searched for bundles. Default: the whole repository.")
    .exactOptional(),
  bundles: z
    .array(bundlePathSchema)
    .describe("Driven scan: the bundles one by one; `paths` then does not count.")
    .exactOptional(),
  targets: z
    .array(gitTargetSchema)
    .describe("Clusters that get the bundles. Default: the ClusterGroup named default.")
    .exactOptional(),
  targetNamespace: z.string().describe("Namespace forced onto every object of every bundle.").exactOptional(),
  serviceAccount: z
    .string()
    .describe("ServiceAccount that applies the bundles, over that of fleet.yaml.")
    .exactOptional(),
  paused: z.boolean().describe("Stage changes, do not promote them. Default false.").exactOptional(),
  keepResources: z.boolean().describe("Leave objects behind when a bundle goes. Default false.").exactOptional(),
  deleteNamespace: z
    .boolean()
    .describe("With the bundle, delete the namespace that was made for it, once approved. Default false.")
    .exactOptional(),
  correctDrift: correctDriftSchema.describe("Where enabled, replaces that of fleet.yaml.").exactOptional(),
  forceSyncGeneration: z.number().int().describe("A new number deploys everything again.").exactOptional(),
  pollingInterval: z
    .string()
    .describe("Go duration between looks at the remote. Default: the bundler's setting.")
    .exactOptional(),
  disablePolling: z.boolean().describe("Only webhooks bring new commits. Default false.").exactOptional(),
  webhookSecret: z.string().describe("Secret that webhooks for this GitRepo must know.").exactOptional(),
  clientSecretName: z
    .string()
    .describe("Secret with the Git credential. Default: gitcredential, if there.")
    .exactOptional(),
  caBundle: z.string().describe("CA certificates (base64 PEM) for the Git server and chart servers.").exactOptional(),
  insecureSkipTLSVerify: z
    .boolean()
    .describe("Do not verify the Git server and chart servers. Default false.")
    .exactOptional(),
  helmSecretName: z.string().describe("Secret with the credential for chart repositories.").exactOptional(),
  helmSecretNameForPaths: z
    .string()
    .describe("Secret with credentials by directory of the repository, instead of helmSecretName.")
    .exactOptional(),
  helmRepoURLRegex: z
    .string()
    .describe("Chart repositories that get the credential; anchored at the start. Empty: none.")
    .exactOptional(),
  imageScanInterval: z.string().describe("Go duration between image scans.").exactOptional(),
  imageScanCommit: z
    .looseObject({ authorName: z.string(), authorEmail: z.string(), messageTemplate: z.string().exactOptional() })
    .exactOptional(),
  ociRegistrySecret: z.string().describe("Secret for Fleet's OCI storage; not used here.").exactOptional(),
});

/** Schema of a GitRepo's status. */
export const gitRepoStatusSchema = z.looseObject({
  ...rollUpShape,
  observedGeneration: z.number().int().exactOptional(),
  updateGeneration: z.number().int().describe("forceSyncGeneration that was acted on.").exactOptional(),
  commit: z.string().describe("Commit whose bundles are in force.").exactOptional(),
  webhookCommit: z.string().exactOptional(),
  pollingCommit: z.string().exactOptional(),
  lastPollingTriggered: z.string().exactOptional(),
  gitJobStatus: z.string().exactOptional(),
  desiredReadyClusters: z.number().int().exactOptional(),
  readyClusters: z.number().int().exactOptional(),
  resourceCounts: resourceCountsSchema.exactOptional(),
  notActedOn: notActedOnSchema.exactOptional(),
  heldRemoval: z
    .looseObject({ clusters: z.number().int(), of: z.number().int(), bundles: z.array(z.string()) })
    .describe(
      "Bundles that are not aimed any more at so many of the clusters that have any of this GitRepo, or at any cluster at all, that they wait for `drover approve gitrepo`.",
    )
    .exactOptional(),
  display: z
    .looseObject({
      readyBundleDeployments: z.string().exactOptional(),
      state: z.string().exactOptional(),
      message: z.string().exactOptional(),
      error: z.boolean().exactOptional(),
    })
    .exactOptional(),
});

/** Schema of a GitRepo: a repository, a ref, paths and targets. */
export const gitRepoSchema = z.looseObject({
  apiVersion: z.literal(fleetApiVersion),
  kind: z.literal("GitRepo"),
  metadata: objectMetaSchema,
  spec: gitRepoSpecSchema,
  status: gitRepoStatusSchema.exactOptional(),
});

export type BundlePath = Immutable<z.infer<typeof bundlePathSchema>>;
export type GitRepoSpec = Immutable<z.infer<typeof gitRepoSpecSchema>>;
export type GitRepoStatus = Immutable<z.infer<typeof gitRepoStatusSchema>>;
export type GitRepo = Immutable<z.infer<typeof gitRepoSchema>>;
