/** How bad a finding is: only an error, or with `strict` a warning too, fails a chart. */
export type LintSeverity = "INFO" | "WARNING" | "ERROR";

/** A finding of the linter, in Helm's words. */
export interface LintMessage {
  readonly severity: LintSeverity;
  /** File or directory it is about, as Helm names it. */
  readonly path: string;
  readonly text: string;
}

/** Returns a finding as `helm lint` prints it. */
export function printLintMessage({ severity, path, text }: LintMessage): string {
  return `[${severity}] ${path}: ${text}`;
}

/** Returns a finding for each text that is there: rules return `undefined` where all is well. */
export function findings(severity: LintSeverity, path: string, texts: readonly (string | undefined)[]): LintMessage[] {
  return texts.flatMap((text) => (text === undefined ? [] : [{ severity, path, text }]));
}
