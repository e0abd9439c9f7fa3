import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { describe, inject } from "vitest";
import { z } from "zod";
import { partIsThere } from "./missing-parts.ts";
import { findPostgresBinDir } from "./postgres-server.ts";

/** A database for one test. */
export interface TestDatabase extends AsyncDisposable {
  /** `postgres://…/NAME` for a user who owns it. */
  readonly url: string;
  /** Removes it, cutting connections that are still open. */
  drop(): Promise<void>;
}

const postgresIsThere = partIsThere("PostgreSQL", await reasonMissing());

/** A `describe` for tests that need PostgreSQL: skipped where there is none, failing then in CI. */
export const describeWithPostgres = postgresIsThere ? describe : describe.skip;

/** Tells whether `createTestDatabase` works here, for tables of cases that take PostgreSQL along with SQLite. */
export function havePostgres(): boolean {
  return postgresIsThere;
}

/** Creates an empty database on the server of `TEST_DATABASE_URL`, or on one that is started once per run. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const admin = await adminUrl();
  const name = `drover_test_${randomBytes(6).toString("hex")}`;
  await execute(admin, `CREATE DATABASE ${name}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  const drop = async (): Promise<void> => {
    await execute(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
  return { url: url.href, drop, [Symbol.asyncDispose]: drop };
}

async function reasonMissing(): Promise<string | undefined> {
  if (givenUrl() !== undefined || (await findPostgresBinDir()) !== undefined) return undefined;
  return "install PostgreSQL, or set TEST_DATABASE_URL to a server where databases may be created";
}

function givenUrl(): string | undefined {
  const url = process.env["TEST_DATABASE_URL"];
  return url === "" ? undefined : url;
}

async function adminUrl(): Promise<string> {
  const given = givenUrl();
  if (given !== undefined) return given;
  const answer = await fetch(`${inject("rigUrl")}/postgres`);
  if (!answer.ok) throw new Error(`PostgreSQL did not start: ${await answer.text()}`);
  return z.object({ adminUrl: z.string() }).parse(await answer.json()).adminUrl;
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  // A cut connection also fails the statement below, which tells more.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
