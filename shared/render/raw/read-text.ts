import type { ContentResource } from "../../api/content.ts";
import { AppError } from "../../errors.ts";

/** One text file of a bundle. */
export interface RawFile {
  /** Path relative to the bundle directory. */
  readonly name: string;
  readonly text: string;
}

/** Returns a resource as text. Throws `MANIFEST_INVALID` for bytes that are not UTF-8. */
export function readText(resource: ContentResource): RawFile {
  if (resource.encoding === undefined) return { name: resource.name, text: resource.content };
  throw new AppError("MANIFEST_INVALID", `${resource.name}: not UTF-8 text`, {
    verdict: "stalled",
    position: { file: resource.name, line: 1, column: 1 },
  });
}
