import { ChartSourceError } from "./chart-source-error.ts";
import { printableAddress } from "./source-access.ts";

/** An address like `oci://registry.example:5000/charts/web:1.2.3@sha256:…`, taken apart. */
export interface OciReference {
  readonly host: string;
  readonly repository: string;
  /** "" when the address has none. */
  readonly tag: string;
  /** `sha256:…`, "" when the address has none. */
  readonly digest: string;
}

const pattern =
  /^oci:\/\/([a-z0-9.-]+(?::\d+)?|\[[0-9a-f:]+\](?::\d+)?)\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::(\w[\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/iu;

/** Returns the parts of an address. Throws `ChartSourceError` for one that names no repository of a registry. */
export function parseOciReference(text: string): OciReference {
  const [, host, repository, tag = "", digest = ""] = pattern.exec(text.replace(/\/+$/u, "")) ?? [];
  if (host === undefined || repository === undefined) {
    throw new ChartSourceError("address", `${printableAddress(text)} is no address of a chart in a registry`);
  }
  return { host: host === "docker.io" ? "registry-1.docker.io" : host, repository, tag, digest };
}
