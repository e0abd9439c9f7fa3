import * as z from "zod";
import { CodecError } from "../../../codec/codec-error.ts";
import type { JsonValue } from "../../../codec/json-value.ts";
import { matchPattern } from "../match-pattern.ts";
import { readFirstDocument } from "../read-first-document.ts";
import { AppError } from "../../errors.ts";

/** Bytes in Fleet's type, and so base64 in the file; PEM that somebody wrote as it is will do too. */
const bytesSchema = z
  .string()
  .transform((text) => (text.includes("-----BEGIN") ? text : Buffer.from(text, "base64").toString("utf8")));

const pathAccessSchema = z.looseObject({
  username: z.string().optional(),
  password: z.string().optional(),
  caBundle: bytesSchema.optional(),
  sshPrivateKey: bytesSchema.optional(),
  sshKnownHosts: bytesSchema.optional(),
  insecureSkipVerify: z.boolean().optional(),
  basicHTTP: z.boolean().optional(),
});

/** What one path's charts are fetched with (Fleet: `bundlereader.Auth`). */
export type PathAccess = Readonly<z.infer<typeof pathAccessSchema>>;

/** What the entries are read from, for messages. */
export interface PathAccessSource {
  /** Such as `Secret team/charts`. */
  readonly owner: string;
  readonly file: string;
}

/**
 * Returns, for a directory of the repository, the entry of a `secrets-path.yaml`: that of the very path, else the first in
 * sorted order whose pattern matches, else an empty one. Throws CHART_AUTH_FAILED with everything that is wrong.
 */
export function readPathAccess(text: string | undefined, source: PathAccessSource): (path: string) => PathAccess {
  if (text === undefined) throw invalid(source, [`it has no key ${source.file}`]);
  const parsed = z.record(z.string(), pathAccessSchema).safeParse(documentOf(text, source) ?? {});
  if (!parsed.success)
    throw invalid(
      source,
      parsed.error.issues.map((issue) => issueText(issue, source.file)),
    );
  const entries = new Map(Object.entries(parsed.data));
  const patterns = [...entries.keys()].toSorted();
  const broken = patterns.filter((pattern) => !isPattern(pattern));
  if (broken.length > 0)
    throw invalid(
      source,
      broken.map((pattern) => `"${pattern}" is no pattern`),
    );
  return (path) => {
    const shown = path === "" ? "." : path;
    const key = entries.has(shown) ? shown : patterns.find((pattern) => matchPattern(pattern, shown));
    return (key === undefined ? undefined : entries.get(key)) ?? {};
  };
}

function documentOf(text: string, source: PathAccessSource): JsonValue | undefined {
  const { file } = source;
  try {
    return readFirstDocument(text, file).document?.value;
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    // Without the reader's words, which may quote a password.
    throw invalid(source, [`${file}:${error.line}:${error.column}: it is no YAML`]);
  }
}

function issueText({ path, message }: z.core.$ZodIssue, file: string): string {
  const [entry, ...rest] = path;
  const place = entry === undefined ? file : `"${String(entry)}"${rest.map((part) => `.${String(part)}`).join("")}`;
  return `${place}: ${message}`;
}

function isPattern(pattern: string): boolean {
  try {
    matchPattern(pattern, "");
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "PATTERN_INVALID") return false;
    throw error;
  }
}

function invalid({ owner }: PathAccessSource, problems: readonly string[]): AppError {
  return new AppError("CHART_AUTH_FAILED", `${owner} cannot be used: ${problems.join("; ")}`, { verdict: "stalled" });
}
