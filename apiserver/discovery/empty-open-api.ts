/** Media type of an OpenAPI v2 document as protobuf (github.com/google/gnostic-models openapiv2 `Document`). */
export const openApiV2Protobuf = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/** Returns whether an Accept header asks for it; clients write `@` where the media type has a dot. */
export function wantsOpenApiV2Protobuf(accept: string | undefined): boolean {
  return /com\.github\.proto-openapi\.spec\.v2[@.]v1\.0\+protobuf/.test(accept ?? "");
}

/**
 * Returns an OpenAPI v2 document without definitions, as protobuf. kubectl reads it only for what it cannot ask OpenAPI v3
 * about, such as a `List` of objects, and leaves kinds that it does not find there to the server's own validation.
 */
export function emptyOpenApiV2(): Uint8Array {
  const info = Buffer.concat([textField(1, "Kubernetes"), textField(2, "unversioned")]);
  return Buffer.concat([textField(1, "2.0"), bytesField(2, info), bytesField(8, Buffer.alloc(0))]);
}

function textField(number: number, text: string): Buffer {
  return bytesField(number, Buffer.from(text, "utf8"));
}

/** One length-delimited field; everything here is shorter than 128 bytes, so lengths are one byte. */
function bytesField(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
}
