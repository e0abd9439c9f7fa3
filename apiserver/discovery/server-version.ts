/** What `/version` says of a server; kubectl and helm decide by major and minor. */
export interface ServerVersion {
  readonly major: string;
  readonly minor: string;
  /** For example "v1.36.3". */
  readonly gitVersion: string;
}

/** Returns the body of `/version` in the form of `version.Info`. */
export function versionInfo({ major, minor, gitVersion }: ServerVersion) {
  const previousMinor = String(Math.max(0, Number.parseInt(minor, 10) - 1));
  return {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: previousMinor,
    gitVersion,
    gitCommit: "",
    gitTreeState: "",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: "",
    compiler: "",
    platform: `${process.platform}/${process.arch === "x64" ? "amd64" : process.arch}`,
  };
}
