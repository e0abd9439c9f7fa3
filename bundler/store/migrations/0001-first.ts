/**
 * The first schema. BIGINT and BYTEA are PostgreSQL's names; SQLite takes them as they are (type affinity).
 * `objects` is the truth for what people write; `blobs` can be rebuilt from Git;
 * `cluster_states` and `reports` are rebuilt by the next check-ins.
 */
export const firstMigration = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE objects (
  resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  uid TEXT NOT NULL, version BIGINT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (resource, namespace, name)
);
CREATE TABLE blobs (digest TEXT PRIMARY KEY, size BIGINT NOT NULL, stored_ms BIGINT NOT NULL, data BYTEA NOT NULL);
CREATE TABLE removed_bundles (
  namespace TEXT NOT NULL, name TEXT NOT NULL, because TEXT NOT NULL,
  PRIMARY KEY (namespace, name)
);
CREATE TABLE git_states (namespace TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (namespace, name));
CREATE TABLE credentials (
  hash TEXT PRIMARY KEY, kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  expires_ms BIGINT, body TEXT NOT NULL
);
CREATE INDEX credentials_by_owner ON credentials (kind, namespace, name);
CREATE TABLE reports (digest TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE cluster_states (
  namespace TEXT NOT NULL, name TEXT NOT NULL, report TEXT NOT NULL, exceptions TEXT, agent TEXT, seen_ms BIGINT NOT NULL,
  PRIMARY KEY (namespace, name)
);
`;
