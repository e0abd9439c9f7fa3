/**
 * What a fault means for whoever retries: `stalled` – a person must change something; `waiting` – come back after
 * `afterMs`; `transient` – retry with backoff.
 */
export type Verdict = "stalled" | "waiting" | "transient";

/** Every error code with what it means; `docs/reference/errors.md` lists exactly these (a test compares). */
export const errorCodes = {
  INTERNAL: "A fault of Drover itself; the log has the stack.",
} as const satisfies Record<string, string>;

/** A code of the table above. */
export type ErrorCode = keyof typeof errorCodes;

/** Where in a person's input a fault lies; lines and columns count from 1. */
export interface SourcePosition {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** What an `AppError` carries besides its message. */
export interface AppErrorOptions {
  readonly verdict?: Verdict;
  readonly afterMs?: number;
  readonly position?: SourcePosition;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
  readonly cause?: unknown;
}

/** An expected fault: a stable code, a message that says what to do next and holds no secrets, and a verdict. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly verdict: Verdict;
  readonly afterMs: number | undefined;
  readonly position: SourcePosition | undefined;
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.verdict = options.verdict ?? "transient";
    this.afterMs = options.afterMs;
    this.position = options.position;
    this.details = options.details ?? {};
  }
}

/** Returns the error as an `AppError`: itself, or an `INTERNAL` one around it. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AppError("INTERNAL", message, { cause: error });
}
