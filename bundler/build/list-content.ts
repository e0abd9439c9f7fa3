import { hash } from "node:crypto";
import type { Content, ContentResource } from "../../shared/api/content.ts";
import { contentId } from "../../shared/bundle/content-id.ts";
import type { ContentList } from "../store/content-list.ts";

/** A content whose files others may be joined from. */
export interface ContentPiece {
  readonly digest: string;
  /** In the content's order, each with a hash of what is in it. */
  readonly files: readonly { readonly name: string; readonly hash: string }[];
}

/** A piece below a directory; `under` leads from there to it, with a `/` at the end. */
export interface NestedPiece {
  readonly under: string;
  readonly piece: ContentPiece;
}

/** A content to be stored as a list. */
export interface ListedContent {
  readonly list: ContentList;
  /** The piece of those files that no other has. */
  readonly own: Content;
}

/** Returns the piece that a content is. */
export function pieceOf({ resources }: Content, digest: string): ContentPiece {
  return { digest, files: resources.map((resource) => ({ name: resource.name, hash: fileHash(resource) })) };
}

/** Returns a content as a list of files of pieces below it and of its own; undefined when they have none of its files. */
export function listContent(content: Content, nested: readonly NestedPiece[]): ListedContent | undefined {
  const places = findPlaces(nested);
  const own: ContentResource[] = [];
  const taken: Place[] = content.resources.map((resource) => {
    const place = places.get(resource.name);
    if (place !== undefined && place.hash === fileHash(resource)) return place;
    return { digest: "", under: "", index: own.push(resource) - 1, hash: "" };
  });
  if (own.length === content.resources.length) return undefined;
  const ownContent: Content = { ...content, resources: own };
  const numbers = new Map<string, number>();
  const runs: [number, number, number, string][] = [];
  for (const { digest, under, index } of taken) {
    const number = numbers.get(digest) ?? numbers.size;
    numbers.set(digest, number);
    const run = runs.at(-1);
    if (run !== undefined && run[0] === number && run[3] === under && run[1] + run[2] === index) run[2]++;
    else runs.push([number, index, 1, under]);
  }
  const pieces = [...numbers.keys()].map((digest) => (digest === "" ? contentId(ownContent) : digest));
  return { list: { pieces, runs }, own: ownContent };
}

interface Place {
  /** "": among its own. */
  readonly digest: string;
  readonly under: string;
  readonly index: number;
  readonly hash: string;
}

function findPlaces(nested: readonly NestedPiece[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const { under, piece } of nested) {
    for (const [index, file] of piece.files.entries())
      places.set(under + file.name, { digest: piece.digest, under, index, hash: file.hash });
  }
  return places;
}

function fileHash({ content, encoding }: ContentResource): string {
  return hash("sha256", `${encoding ?? ""}\0${content}`, "base64url");
}
