/** A fault in a template; `line` and `column` count from 1. */
export class TemplateFault extends Error {
  readonly line: number;
  readonly column: number;
  /** True when a limit on size or steps was hit rather than something being wrong. */
  readonly isLimit: boolean;

  constructor(message: string, at: { readonly line: number; readonly column: number; readonly isLimit?: boolean }) {
    super(message);
    this.name = "TemplateFault";
    this.line = at.line;
    this.column = at.column;
    this.isLimit = at.isLimit ?? false;
  }
}
