/** Returns the environment of a program of ours that is to see no settings of the tests: PATH, and where compiled code is kept. */
export function ownEnv(settings: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = process.env["NODE_COMPILE_CACHE"];
  return {
    PATH: process.env["PATH"] ?? "",
    ...(kept === undefined ? {} : { NODE_COMPILE_CACHE: kept }),
    ...settings,
  };
}
