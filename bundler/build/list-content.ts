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

/** Pieces that are named however little they give. */
const fewPieces = 100;
/** Beyond those, what is smaller takes less room among its own files than its digest does, and less time. */
const worthBytes = 1024;
/** One part in so many must be taken from pieces: joining costs what the whole content costs. */
const worthPart = 10;

/**
 * Returns a content as a list of files of pieces below it and of its own; undefined when they have none of its files, or
 * so little that a list is not worth it.
 */
export function listContent(content: Content, nested: readonly NestedPiece[]): ListedContent | undefined {
  const places = findPlaces(nested);
  const found = content.resources.map((resource) => {
    const place = places.get(resource.name);
    return place !== undefined && place.hash === fileHash(resource) ? place : undefined;
  });
  const named = choosePieces(content, found);
  if (named.size === 0) return undefined;
  const own: ContentResource[] = [];
  const numbers = new Map<string, number>();
  const runs: [number, number, number, string][] = [];
  for (const [position, resource] of content.resources.entries()) {
    const place = found[position];
    const { digest, under, index } =
      place !== undefined && named.has(place.digest)
        ? place
        : { digest: ownPiece, under: "", index: own.push(resource) - 1 };
    const number = numbers.get(digest) ?? numbers.size;
    numbers.set(digest, number);
    const run = runs.at(-1);
    if (run !== undefined && run[0] === number && run[3] === under && run[1] + run[2] === index) run[2]++;
    else runs.push([number, index, 1, under]);
  }
  const ownContent: Content = { ...content, resources: own };
  const pieces = [...numbers.keys()].map((digest) => (digest === ownPiece ? contentId(ownContent) : digest));
  return { list: { pieces, runs }, own: ownContent };
}

/** Stands for the piece of its own files until all of them are known. */
const ownPiece = "";

/** Returns the digests of the pieces that are worth being named. */
function choosePieces({ resources }: Content, found: readonly (Place | undefined)[]): ReadonlySet<string> {
  const given = new Map<string, number>();
  let length = 0;
  for (const [position, { content }] of resources.entries()) {
    length += content.length;
    const digest = found[position]?.digest;
    if (digest !== undefined) given.set(digest, (given.get(digest) ?? 0) + content.length);
  }
  const chosen = [...given]
    .toSorted(([, a], [, b]) => b - a)
    .filter(([, bytes], rank) => rank < fewPieces || bytes >= worthBytes);
  const shared = chosen.reduce((sum, [, bytes]) => sum + bytes, 0);
  return new Set(shared * worthPart < length ? [] : chosen.map(([digest]) => digest));
}

interface Place {
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
