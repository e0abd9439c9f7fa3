import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import type { FieldError } from "../../apiserver/resources/field-error.ts";
import {
  allVerbs,
  type HookContext,
  type PrinterColumn,
  readVerbs,
  type ResourceDefinition,
  type ResourceStrategy,
  type Subresource,
} from "../../apiserver/resources/resource-definition.ts";
import type { ObjectStore } from "../../apiserver/storage/object-store.ts";
import { isJsonObject } from "../../codec/json-value.ts";
import { bundleDeploymentSpecSchema, bundleDeploymentStatusSchema } from "../../shared/api/bundle-deployment.ts";
import { bundleSpecSchema } from "../../shared/api/bundle-spec.ts";
import { bundleStatusSchema } from "../../shared/api/bundle.ts";
import { clusterGroupSpecSchema, clusterGroupStatusSchema } from "../../shared/api/cluster-group.ts";
import { clusterSpecSchema, clusterStatusSchema } from "../../shared/api/cluster.ts";
import { gitRepoSpecSchema, gitRepoStatusSchema } from "../../shared/api/git-repo.ts";
import { fleetGroup } from "../../shared/api/meta.ts";
import { registrationTokenSpecSchema, registrationTokenStatusSchema } from "../../shared/api/registration-token.ts";
import { userSpecSchema, userStatusSchema } from "../../shared/api/user.ts";
import { createHubSchemas, type KindShape } from "./kind-schema.ts";
import { ageColumn, fieldColumn, statusColumn } from "./printer-columns.ts";
import { validateBundle, validateClusterGroup, validateGitRepo } from "./validate-kinds.ts";

/** What the hub's kinds are served from. */
export interface FleetKindDeps {
  readonly objects: ObjectStore;
  readonly bundleDeployments: ObjectStore;
  /** Content of a Bundle that somebody made by hand: its files are stored as blobs. */
  readonly prepareBundle: (object: ApiObject, context: HookContext, previous?: ApiObject) => Promise<ApiObject>;
  /** Subresources that ask agents, by plural. */
  readonly questions: {
    readonly bundledeployments: Readonly<Record<string, Subresource>>;
    readonly gitrepos: Readonly<Record<string, Subresource>>;
  };
  readonly issueToken: (token: ApiObject) => Promise<ApiObject>;
  readonly issueUserToken: (user: ApiObject) => Promise<ApiObject>;
}

interface FleetKind extends KindShape {
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly columns: readonly PrinterColumn[];
  readonly strategy: ResourceStrategy;
  readonly computed?: boolean;
  readonly clusterScoped?: boolean;
  readonly subresources?: Readonly<Record<string, Subresource>>;
}

/** Returns the kinds of `fleet.cattle.io/v1alpha1` that the hub serves, with Fleet's names and columns. */
export function fleetKinds(deps: FleetKindDeps): ResourceDefinition[] {
  const kinds = kindTable(deps);
  const schemas = createHubSchemas(kinds);
  return kinds.map(
    ({
      kind,
      plural,
      singular,
      shortNames,
      columns,
      strategy,
      computed = false,
      clusterScoped = false,
      subresources = {},
    }): ResourceDefinition => ({
      type: "stored",
      names: {
        group: fleetGroup,
        version: "v1alpha1",
        plural,
        singular,
        kind,
        listKind: `${kind}List`,
        shortNames,
        categories: ["fleet"],
        namespaced: !clusterScoped,
      },
      store: computed ? deps.bundleDeployments : deps.objects,
      schema: schemas.forKind(fleetGroup, "v1alpha1", kind),
      verbs: computed ? readVerbs : allVerbs,
      subresources,
      printerColumns: columns,
      strategy,
      builtIn: false,
      tracksGeneration: true,
      selectableFields: [],
    }),
  );
}

function kindTable(deps: FleetKindDeps): readonly FleetKind[] {
  return [
    {
      kind: "GitRepo",
      plural: "gitrepos",
      singular: "gitrepo",
      shortNames: [],
      description: "A Git repository, a ref, paths and the clusters that get its bundles.",
      spec: gitRepoSpecSchema,
      status: gitRepoStatusSchema,
      columns: [
        fieldColumn("Repo", ["spec", "repo"]),
        fieldColumn("Commit", ["status", "commit"]),
        fieldColumn("BundleDeployments-Ready", ["status", "display", "readyBundleDeployments"]),
        statusColumn(),
        ageColumn,
      ],
      strategy: validated(validateGitRepo),
      subresources: deps.questions.gitrepos,
    },
    {
      kind: "Bundle",
      plural: "bundles",
      singular: "bundle",
      shortNames: [],
      description: "The files and options of one directory, and who gets them.",
      spec: bundleSpecSchema,
      status: bundleStatusSchema,
      columns: [
        fieldColumn("BundleDeployments-Ready", ["status", "display", "readyClusters"]),
        statusColumn(),
        ageColumn,
      ],
      strategy: {
        ...validated(validateBundle),
        prepareForCreate: async (object, context) => deps.prepareBundle(object, context),
        prepareForUpdate: async (object, previous, context) => deps.prepareBundle(object, context, previous),
      },
    },
    {
      kind: "Cluster",
      plural: "clusters",
      singular: "cluster",
      shortNames: [],
      description: "A Kubernetes cluster whose agent gets its bundles here.",
      spec: clusterSpecSchema,
      status: clusterStatusSchema,
      columns: [
        fieldColumn("Bundles-Ready", ["status", "display", "readyBundles"]),
        fieldColumn("State", ["status", "display", "state"]),
        fieldColumn("Last-Seen", ["status", "agent", "lastSeen"], { type: "date" }),
        statusColumn(),
        fieldColumn("Kubernetes", ["status", "agent", "kubeVersion"], { priority: 1 }),
        fieldColumn("Agent", ["status", "agent", "version"], { priority: 1 }),
      ],
      strategy: {},
    },
    {
      kind: "ClusterGroup",
      plural: "clustergroups",
      singular: "clustergroup",
      shortNames: [],
      description: "Clusters of the workspace by label.",
      spec: clusterGroupSpecSchema,
      status: clusterGroupStatusSchema,
      columns: [
        fieldColumn("Clusters-Ready", ["status", "display", "readyClusters"]),
        fieldColumn("Bundles-Ready", ["status", "display", "readyBundles"]),
        statusColumn(),
        ageColumn,
      ],
      strategy: validated(validateClusterGroup),
    },
    {
      kind: "BundleDeployment",
      plural: "bundledeployments",
      singular: "bundledeployment",
      shortNames: ["bd"],
      description: "One Bundle on one Cluster: computed, read-only.",
      spec: bundleDeploymentSpecSchema,
      status: bundleDeploymentStatusSchema,
      columns: [
        fieldColumn("State", ["status", "display", "state"]),
        fieldColumn("Deployed", ["status", "display", "deployed"]),
        fieldColumn("Monitored", ["status", "display", "monitored"]),
        statusColumn(),
      ],
      strategy: {},
      subresources: deps.questions.bundledeployments,
      computed: true,
    },
    {
      kind: "ClusterRegistrationToken",
      plural: "clusterregistrationtokens",
      singular: "clusterregistrationtoken",
      shortNames: [],
      description:
        "Lets agents register clusters in this workspace; its secret word is made by the subresource `token`.",
      spec: registrationTokenSpecSchema,
      status: registrationTokenStatusSchema,
      columns: [fieldColumn("TTL", ["spec", "ttl"]), ageColumn],
      strategy: {},
      subresources: { token: tokenSubresource("ClusterRegistrationToken", deps.issueToken) },
    },
    {
      kind: "User",
      plural: "users",
      singular: "user",
      shortNames: [],
      description: "Somebody who may call this API; its secret word is made by the subresource `token`.",
      spec: userSpecSchema,
      status: userStatusSchema,
      columns: [fieldColumn("Groups", ["spec", "groups"]), ageColumn],
      strategy: {},
      clusterScoped: true,
      subresources: { token: tokenSubresource("User", deps.issueUserToken) },
    },
  ];
}

function tokenSubresource(kind: string, issue: (parent: ApiObject) => Promise<ApiObject>): Subresource {
  return {
    type: "custom",
    verbs: ["create"],
    responseKind: { group: fleetGroup, version: "v1alpha1", kind },
    serve: async (parent) => issue(parent),
  };
}

type Validate = (spec: ApiObject, context: HookContext) => readonly FieldError[];

function validated(validate: Validate): ResourceStrategy {
  const run: Validate = (object, context) => (isJsonObject(object["spec"]) ? validate(object, context) : []);
  return { validateCreate: run, validateUpdate: (object, _previous, context) => run(object, context) };
}
