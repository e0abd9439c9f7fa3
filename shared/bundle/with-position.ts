import { AppError, type SourcePosition } from "../errors.ts";

/**
 * Returns what `run` returns; an `AppError` of it that names no line gets a position, in its message too, which is only
 * then looked up.
 */
export function withPosition<T>(locate: () => SourcePosition, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof AppError) || error.position?.line !== undefined) throw error;
    const position = locate();
    const { code, verdict, details, cause } = error;
    const place = `${position.file ?? ""}:${position.line ?? 1}:${position.column ?? 1}`;
    throw new AppError(code, `${place}: ${error.message}`, { verdict, details, position, cause });
  }
}
