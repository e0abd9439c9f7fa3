import * as z from "zod";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { CodecError } from "../../codec/codec-error.ts";
import type { JsonValue } from "../../codec/json-value.ts";
import { matchPattern } from "../../shared/bundle/match-pattern.ts";
import { readFirstDocument } from "../../shared/bundle/read-first-document.ts";
import { AppError } from "../../shared/errors.ts";
import { secretField } from "../controllers/git-credential.ts";

/** Key of the Secret that `helmSecretNameForPaths` names. */
const fileKey = "secrets-path.yaml";

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

/**
 * Returns, for a directory of the repository, the entry of a Secret's `secrets-path.yaml`: that of the very path, else the
 * first in sorted order whose pattern matches, else an empty one. Throws CHART_AUTH_FAILED with everything that is wrong.
 */
export function readPathAccess(secret: ApiObject, name: string): (path: string) => PathAccess {
  const text = secretField(secret, fileKey);
  if (text === undefined) throw invalid(name, [`it has no key ${fileKey}`]);
  const parsed = z.record(z.string(), pathAccessSchema).safeParse(documentOf(text, name) ?? {});
  if (!parsed.success) throw invalid(name, parsed.error.issues.map(issueText));
  const entries = new Map(Object.entries(parsed.data));
  const patterns = [...entries.keys()].toSorted();
  const broken = patterns.filter((pattern) => !isPattern(pattern));
  if (broken.length > 0)
    throw invalid(
      name,
      broken.map((pattern) => `"${pattern}" is no pattern`),
    );
  return (path) => {
    const shown = path === "" ? "." : path;
    const key = entries.has(shown) ? shown : patterns.find((pattern) => matchPattern(pattern, shown));
    return (key === undefined ? undefined : entries.get(key)) ?? {};
  };
}

function documentOf(text: string, name: string): JsonValue | undefined {
  try {
    return readFirstDocument(text, fileKey).document?.value;
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    // Without the reader's words, which may quote a password.
    throw invalid(name, [`${fileKey}:${error.line}:${error.column}: it is no YAML`]);
  }
}

function issueText({ path, message }: z.core.$ZodIssue): string {
  const [entry, ...rest] = path;
  const place = entry === undefined ? fileKey : `"${String(entry)}"${rest.map((part) => `.${String(part)}`).join("")}`;
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

function invalid(name: string, problems: readonly string[]): AppError {
  return new AppError("CHART_AUTH_FAILED", `Secret ${name} cannot be used: ${problems.join("; ")}`, {
    verdict: "stalled",
    details: { secret: name },
  });
}
