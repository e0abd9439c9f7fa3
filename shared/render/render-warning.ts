import type { WarningCode } from "../bundle/warning.ts";
import type { SourcePosition } from "../errors.ts";

/** Something that rendering leaves out or cannot do, and that fails nothing. */
export interface RenderWarning {
  /** Set where the repository is to blame: `drover lint` counts it, and `strict` makes it an error. */
  readonly code?: WarningCode;
  readonly message: string;
  /** Where in the bundle's files, or in the text that a template gave. */
  readonly position?: SourcePosition;
}

/** Returns a warning in one line: `file:line: message` as far as the place is known. */
export function renderWarningText({ message, position = {} }: RenderWarning): string {
  const place = [position.file, position.line].filter((part) => part !== undefined).join(":");
  return place === "" ? message : `${place}: ${message}`;
}
