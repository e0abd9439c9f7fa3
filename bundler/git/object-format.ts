import { hash } from "node:crypto";

/** How a repository names its objects. */
export type ObjectFormat = "sha1" | "sha256";

/** Returns the bytes of an object ID in this format. */
export function oidBytes(format: ObjectFormat): number {
  return format === "sha1" ? 20 : 32;
}

/** Returns whether a text is a whole object ID of either format, in lower case. */
export function isOid(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(text);
}

/** Returns the format of a whole object ID. */
export function formatOfOid(oid: string): ObjectFormat {
  return oid.length === 64 ? "sha256" : "sha1";
}

/** Kinds of git objects. */
export type ObjectType = "commit" | "tree" | "blob" | "tag";

/** Returns the object ID of a content, as hexadecimal text. */
export function hashObject(format: ObjectFormat, type: ObjectType, content: Buffer): string {
  return hash(format, Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]), "hex");
}

const emptyTrees: ReadonlySet<string> = new Set([
  hashObject("sha1", "tree", Buffer.alloc(0)),
  hashObject("sha256", "tree", Buffer.alloc(0)),
]);

/** Returns whether this is the tree without entries, which servers need not send. */
export function isEmptyTree(oid: string): boolean {
  return emptyTrees.has(oid);
}
