import type { AssembledBundle } from "../../shared/bundle/assemble-bundle.ts";
import { joinPath } from "../../shared/bundle/repo-tree.ts";
import type { BundleWarning } from "../../shared/bundle/warning.ts";
import type { SourcePosition } from "../../shared/errors.ts";
import { type RenderWarning, renderWarningText } from "../../shared/render/render-warning.ts";

/** What rendering says about a bundle. */
export interface RenderNotes {
  /** What the repository is to blame for, with its place in it. */
  readonly warnings: readonly BundleWarning[];
  /** What is only worth knowing, in one line each. */
  readonly notes: readonly string[];
}

/** Returns what rendering a bundle warned of, places counted from the root of the repository. */
export function renderNotes({ bundle, dir, content }: AssembledBundle, given: readonly RenderWarning[]): RenderNotes {
  const name = bundle.metadata.name ?? "";
  const files = new Set(content.resources.map((resource) => resource.name));
  return {
    warnings: given.flatMap((warning): BundleWarning[] => {
      const { code, message, position = {} } = warning;
      if (code === undefined) return [];
      const place = placeIn(dir.path, files, position);
      if (place === undefined) return [{ code, message: `${name}: ${renderWarningText(warning)}`, position: {} }];
      return [{ code, message, position: place }];
    }),
    notes: given.filter(({ code }) => code === undefined).map((warning) => `${name}: ${renderWarningText(warning)}`),
  };
}

/** Undefined for what no file of the repository says, such as the output of kustomize. */
function placeIn(dir: string, files: ReadonlySet<string>, position: SourcePosition): SourcePosition | undefined {
  if (position.file === undefined || !files.has(position.file)) return undefined;
  const file = joinPath(dir, position.file);
  // Lines of what a template gave are not those of the template.
  return /(?:^|\/)templates\//u.test(position.file) ? { file } : { ...position, file };
}
