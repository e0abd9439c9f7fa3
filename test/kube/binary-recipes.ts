/** The names of the programs that the rig runs. */
export const binaryNames = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubectl",
  "kwok",
  "helm",
  "kustomize",
] as const;

/** One of the rig's programs. */
export type BinaryName = (typeof binaryNames)[number];

/** How one program is recognised and made. */
export interface BinaryRecipe {
  /** The version that is built; another one is used only when it shares major and minor with this. */
  readonly version: string;
  /** Arguments that make the program print its version. */
  readonly versionArgs: readonly string[];
  /** Finds major and minor in what those arguments print. */
  readonly versionPattern: RegExp;
  /** The Go package to build. */
  readonly package: string;
  /** A module folder below this one that pins the package; without it `go install package@version` does. */
  readonly moduleDir?: string;
  readonly ldflags: string;
}

const kubernetesVersion = "v1.36.3";
const stripped = "-s -w";
const stampedAsRelease = [
  stripped,
  `-X k8s.io/component-base/version.gitVersion=${kubernetesVersion}`,
  "-X k8s.io/component-base/version.gitMajor=1",
  "-X k8s.io/component-base/version.gitMinor=36",
].join(" ");

function kubernetesProgram(name: string, versionArgs: readonly string[]): BinaryRecipe {
  return {
    version: kubernetesVersion,
    versionArgs,
    versionPattern: /(?:Kubernetes|Client Version:) v(\d+\.\d+)\./u,
    package: `k8s.io/kubernetes/cmd/${name}`,
    moduleDir: ".",
    ldflags: stampedAsRelease,
  };
}

/** Every program with its version and the way to build it; versions are those of design section 10. */
export const binaryRecipes: Readonly<Record<BinaryName, BinaryRecipe>> = {
  etcd: {
    version: "v3.6.8",
    versionArgs: ["--version"],
    versionPattern: /etcd Version: (\d+\.\d+)\./u,
    package: "go.etcd.io/etcd/server/v3",
    moduleDir: "etcd",
    ldflags: stripped,
  },
  "kube-apiserver": kubernetesProgram("kube-apiserver", ["--version"]),
  "kube-controller-manager": kubernetesProgram("kube-controller-manager", ["--version"]),
  "kube-scheduler": kubernetesProgram("kube-scheduler", ["--version"]),
  kubectl: kubernetesProgram("kubectl", ["version", "--client"]),
  kwok: {
    version: "v0.8.0",
    versionArgs: ["--version"],
    versionPattern: /kwok version v(\d+\.\d+)\./u,
    package: "sigs.k8s.io/kwok/cmd/kwok",
    ldflags: stripped,
  },
  helm: {
    version: "v4.3.1",
    versionArgs: ["version"],
    // A helm built by `go install` knows major and minor only.
    versionPattern: /Version:"v(\d+\.\d+)[."]/u,
    package: "helm.sh/helm/v4/cmd/helm",
    ldflags: stripped,
  },
  kustomize: {
    version: "v5.8.2",
    versionArgs: ["version"],
    versionPattern: /v(\d+\.\d+)\./u,
    package: "sigs.k8s.io/kustomize/kustomize/v5",
    ldflags: stripped,
  },
};
