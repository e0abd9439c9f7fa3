import { fn, type GoFunction } from "../../template/go-function.ts";
import { type GoValue, TypedSlice } from "../../template/go-value.ts";
import { GoStruct } from "./go-struct.ts";

/** What `.Capabilities` tells of the cluster and of Helm. */
export interface CapabilityFacts {
  /** Kubernetes version as the chart shall see it: `v1.36.3+k3s1`. */
  readonly kubeVersion: string;
  /** API versions and kinds: `apps/v1`, `apps/v1/Deployment`. */
  readonly apiVersions: readonly string[];
  readonly helm: {
    readonly version: string;
    readonly gitCommit: string;
    readonly gitTreeState: string;
    readonly goVersion: string;
    readonly kubeClientVersion: string;
  };
}

/** Helm's `VersionSet`: a list that knows `Has`. */
class VersionSet extends TypedSlice {
  readonly #has: GoFunction = fn(["string"], (version) => this.includes(version));

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  override method(name: string): GoFunction | undefined {
    return name === "Has" ? this.#has : undefined;
  }
}

/** Helm's `KubeVersion`: printed by an action it is the bare version, anywhere else a struct. */
class KubeVersion extends GoStruct {
  readonly #normalized: string;
  readonly #version: string;

  constructor(version: string) {
    const [major = "0", minor = "0", ...rest] = (/^v?(\d+(?:\.\d+)+)/.exec(version)?.[1] ?? "0.0").split(".");
    const normalized = `v${[major, minor, ...rest].map(Number).join(".")}`;
    super("common.KubeVersion", [
      { name: "Version", value: version },
      { name: "normalizedVersion", value: normalized, isHidden: true },
      { name: "Major", value: String(Number(major)) },
      { name: "Minor", value: String(Number(minor)) },
    ]);
    this.#normalized = normalized;
    this.#version = version;
  }

  override method(name: string): GoFunction | undefined {
    if (name === "String") return fn([], () => this.#normalized);
    return name === "GitVersion" ? fn([], () => this.#version) : undefined;
  }

  override actionText(): string {
    return this.#normalized;
  }
}

/** Returns the value of `.Capabilities`. */
export function createCapabilities(facts: CapabilityFacts): GoValue {
  const versions = new VersionSet();
  versions.goType = "common.VersionSet";
  for (const version of facts.apiVersions) versions.push(version);
  const { helm } = facts;
  return new GoStruct("*common.Capabilities", [
    { name: "KubeVersion", value: new KubeVersion(facts.kubeVersion) },
    { name: "APIVersions", value: versions },
    {
      name: "HelmVersion",
      value: new GoStruct("version.BuildInfo", [
        { name: "Version", value: helm.version, json: { key: "version", omitEmpty: true } },
        { name: "GitCommit", value: helm.gitCommit, json: { key: "git_commit", omitEmpty: true } },
        { name: "GitTreeState", value: helm.gitTreeState, json: { key: "git_tree_state", omitEmpty: true } },
        { name: "GoVersion", value: helm.goVersion, json: { key: "go_version", omitEmpty: true } },
        { name: "KubeClientVersion", value: helm.kubeClientVersion, json: { key: "kube_client_version" } },
      ]),
    },
  ]);
}
