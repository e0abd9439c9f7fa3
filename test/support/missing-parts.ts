/**
 * Tells whether tests that need `part` run: true where it is there. Where it is missing they are skipped, loudly; with
 * `CI=true` a missing part is a failure.
 */
export function partIsThere(part: string, reasonMissing: string | undefined): boolean {
  if (reasonMissing === undefined) return true;
  const message = `tests that need ${part} cannot run: ${reasonMissing}`;
  if (process.env["CI"] === "true") throw new Error(message);
  process.stderr.write(`SKIPPED: ${message}\n`);
  return false;
}
