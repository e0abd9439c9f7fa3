import { z } from "zod";

const tokenSchema = z.object({ v: z.literal("meta.k8s.io/v1"), rv: z.number().int(), start: z.string() });

/** Where a paged list goes on: the version that all its pages show, and the key after which the next page begins. */
export interface ContinueToken {
  /** −1 asks for the newest state (an inconsistent continuation after the first version was forgotten). */
  readonly version: number;
  readonly after: string;
}

/** Returns the token in the form of Kubernetes (k8s.io/apiserver pkg/storage/continue.go). */
export function formatContinueToken(token: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: token.version, start: `${token.after}\0` })).toString(
    "base64url",
  );
}

/** Returns the parts of a token, or undefined when it is none of ours. */
export function parseContinueToken(text: string): ContinueToken | undefined {
  try {
    const parsed = tokenSchema.safeParse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
    if (!parsed.success || !parsed.data.start.endsWith("\0")) return undefined;
    return { version: parsed.data.rv, after: parsed.data.start.slice(0, -1) };
  } catch {
    return undefined;
  }
}
