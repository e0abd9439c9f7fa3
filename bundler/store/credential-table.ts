import { randomBytes } from "node:crypto";
import * as z from "zod";
import { sha256Hex } from "../../codec/stable-hash.ts";
import { type Database, type Row, type Sql, textColumn } from "./database.ts";

/** What a secret word opens: `registration` – a new agent's first call; `agent` – one cluster; `user` – the API. */
export type CredentialKind = "registration" | "agent" | "user";

/** A stored credential; the word itself is never stored, only its SHA-256. */
export interface Credential {
  readonly kind: CredentialKind;
  /** Namespace and name of the token, cluster or user. */
  readonly namespace: string;
  readonly name: string;
  readonly expiresMs: number | undefined;
  /** Labels that clusters registered with this token get; groups of a user. */
  readonly labels: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
}

const bodySchema = z.object({ labels: z.record(z.string(), z.string()), groups: z.array(z.string()) });
const kindSchema = z.enum(["registration", "agent", "user"]);

/** An agent asks again and again: what its word opens is remembered until credentials change. */
const rememberedCredentials = 200_000;

/** Words that open something, by hash. */
export interface CredentialTable {
  /** Stores a credential for a new random word, which is returned and never seen again. */
  issue(sql: Sql, credential: Credential): Promise<string>;
  /** Stores a credential for a word that somebody else chose. */
  accept(sql: Sql, word: string, credential: Credential): Promise<void>;
  /** Returns what a word opens; undefined for an unknown or expired one. */
  find(word: string, nowMs: number): Promise<Credential | undefined>;
  /** Takes back all words of a token, cluster or user; call `changed` once that is durable. */
  revoke(sql: Sql, owner: Pick<Credential, "kind" | "namespace" | "name">): Promise<void>;
  /** Says that credentials were changed by a write which is durable now: what was looked up before counts no more. */
  changed(): void;
  /** Returns whether any word of this kind exists. */
  anyOf(kind: CredentialKind): Promise<boolean>;
}

/** Returns the credential table of a database. Words have 256 random bits, so a plain hash is enough. */
export function createCredentialTable(db: Database): CredentialTable {
  const known = new Map<string, Credential>();
  let generation = 0;
  const read = async (hash: string): Promise<Credential | undefined> => {
    const before = generation;
    const [row] = await db.all("SELECT kind, namespace, name, expires_ms, body FROM credentials WHERE hash = ?", [
      hash,
    ]);
    const found = row === undefined ? undefined : parseCredential(row);
    // Looked up while something changed, it may be what was before.
    if (found === undefined || generation !== before) return found;
    if (known.size >= rememberedCredentials) known.clear();
    known.set(hash, found);
    return found;
  };
  const changed = (): void => {
    generation++;
    known.clear();
  };
  return {
    changed,
    accept,
    issue: async (sql, credential) => {
      const word = `drover-${randomBytes(32).toString("base64url")}`;
      await accept(sql, word, credential);
      return word;
    },
    find: async (word, nowMs) => {
      const hash = sha256Hex(word);
      const found = known.get(hash) ?? (await read(hash));
      return found?.expiresMs !== undefined && found.expiresMs <= nowMs ? undefined : found;
    },
    revoke: async (sql, owner) => {
      changed();
      await sql.run("DELETE FROM credentials WHERE kind = ? AND namespace = ? AND name = ?", [
        owner.kind,
        owner.namespace,
        owner.name,
      ]);
    },
    anyOf: async (kind) =>
      (await db.all("SELECT 1 AS found FROM credentials WHERE kind = ? LIMIT 1", [kind])).length > 0,
  };
}

async function accept(sql: Sql, word: string, credential: Credential): Promise<void> {
  const { kind, namespace, name, expiresMs, labels, groups } = credential;
  await sql.run("INSERT INTO credentials (hash, kind, namespace, name, expires_ms, body) VALUES (?, ?, ?, ?, ?, ?)", [
    sha256Hex(word),
    kind,
    namespace,
    name,
    expiresMs ?? null,
    JSON.stringify({ labels, groups }),
  ]);
}

function parseCredential(row: Row): Credential {
  const body = bodySchema.parse(JSON.parse(textColumn(row, "body")));
  const expires = row["expires_ms"];
  return {
    kind: kindSchema.parse(row["kind"]),
    namespace: textColumn(row, "namespace"),
    name: textColumn(row, "name"),
    expiresMs: typeof expires === "number" ? expires : undefined,
    ...body,
  };
}
