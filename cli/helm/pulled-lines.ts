const underscores = `

OCI artifact references (e.g. tags) do not support the plus sign (+). To support
storing semantic versions, Helm adopts the convention of changing plus (+) to
an underscore (_) in chart version tags when pushing to a registry and back to
a plus (+) when pulling from a registry.`;

/** Returns what Helm prints of a chart pulled from a registry, by its address and the digest of its manifest. */
export function pulledLines(url: string, manifestDigest: string): string[] {
  const reference = url.slice("oci://".length);
  const lines = [`Pulled: ${reference}`, `Digest: ${manifestDigest}`];
  return reference.includes("_") ? [...lines, `${reference} contains an underscore.${underscores}`] : lines;
}
