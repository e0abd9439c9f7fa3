import { isAscii } from "./go-string.ts";
import type { SourceText } from "./nodes.ts";

/** A template that cannot be parsed. The message is Go's: `template: NAME:LINE: …`. */
export class TemplateParseError extends Error {
  readonly file: string;
  readonly line: number;

  constructor(message: string, place: { readonly file: string; readonly line: number }) {
    super(message);
    this.name = "TemplateParseError";
    this.file = place.file;
    this.line = place.line;
  }
}

/** Where in a template something failed; lines count from 1, columns from 0 in bytes, as Go prints them. */
export interface TemplatePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * A template that failed while it ran. The message is Go's, the whole call chain in one line:
 * `template: FILE:LINE:COLUMN: executing "NAME" at <CONTEXT>: error calling include: template: …`.
 */
export class TemplateExecError extends Error {
  readonly place: TemplatePlace | undefined;

  constructor(message: string, options: { readonly place?: TemplatePlace; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "TemplateExecError";
    this.place = options.place;
  }
}

/** A run that took more than it is allowed to: time, steps, depth or bytes. It names the place where that was noticed. */
export class TemplateLimitError extends Error {
  readonly limit: "time" | "steps" | "depth" | "output";

  constructor(limit: "time" | "steps" | "depth" | "output", message: string) {
    super(message);
    this.name = "TemplateLimitError";
    this.limit = limit;
  }
}

/** Returns the line of an offset, from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let index = text.indexOf("\n"); index >= 0 && index < offset; index = text.indexOf("\n", index + 1)) line++;
  return line;
}

/** Returns file, line and column of an offset. */
export function placeOf(source: SourceText, offset: number): TemplatePlace {
  const lineStart = offset === 0 ? 0 : source.text.lastIndexOf("\n", offset - 1) + 1;
  const before = source.text.slice(lineStart, offset);
  const column = isAscii(before) ? before.length : Buffer.byteLength(before);
  return { file: source.name, line: lineOf(source.text, offset), column };
}
