/** What a URL path asks for, as k8s.io/apiserver's RequestInfo. */
export interface ResourcePath {
  /** "" for the core group. */
  readonly group: string;
  readonly version: string;
  /** "" for all namespaces and for cluster-scoped kinds. */
  readonly namespace: string;
  readonly resource: string;
  /** "" for the collection. */
  readonly name: string;
  /** "" for the object itself. */
  readonly subresource: string;
  /** The old form `/api/v1/watch/…`. */
  readonly watch: boolean;
}

/** Subresources of a namespace; any other word after `namespaces/NAME/` is a kind inside it. */
const namespaceSubresources = new Set(["status", "finalize"]);

/**
 * Returns the parts of `/api/v1/namespaces/N/pods/P/status` or `/apis/GROUP/VERSION/…`; undefined when the path names no
 * resource (discovery and other paths) or holds an escape that is not valid.
 */
export function parseResourcePath(path: string): ResourcePath | undefined {
  const parts = decodeParts(path);
  if (parts === undefined) return undefined;
  if (parts[0] === "api" && parts.length > 2) return parseBelowVersion("", parts[1] ?? "", parts.slice(2));
  if (parts[0] === "apis" && parts.length > 3) {
    return parseBelowVersion(parts[1] ?? "", parts[2] ?? "", parts.slice(3));
  }
  return undefined;
}

function decodeParts(path: string): readonly string[] | undefined {
  try {
    return path
      .split("/")
      .filter((part) => part !== "")
      .map((part) => decodeURIComponent(part));
  } catch {
    return undefined;
  }
}

function parseBelowVersion(group: string, version: string, all: readonly string[]): ResourcePath | undefined {
  const watch = all[0] === "watch" && all.length > 1;
  const parts = watch ? all.slice(1) : all;
  const [first = "", second = "", third = ""] = parts;
  const isInside = first === "namespaces" && third !== "" && !namespaceSubresources.has(third);
  const namespace = isInside || (first === "namespaces" && group === "") ? second : "";
  const rest = isInside ? parts.slice(2) : parts;
  const [resource = "", name = "", ...subresource] = rest;
  return { group, version, namespace, resource, name, subresource: subresource.join("/"), watch };
}

const ownRoots = new Set(["api", "apis", "healthz", "livez", "openapi", "readyz", "version"]);

/** Returns whether a URL path belongs to a Kubernetes API. */
export function ownsPath(path: string): boolean {
  return ownRoots.has(path.split("/")[1] ?? "");
}
