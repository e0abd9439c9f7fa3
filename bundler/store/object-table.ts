import { jsonEqual } from "../../apiserver/resources/json-fields.ts";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { collectionKey } from "../../apiserver/storage/collection.ts";
import { createEventHistory } from "../../apiserver/storage/event-history.ts";
import type {
  ObjectKey,
  ObjectStore,
  ResourceKey,
  StoreChange,
  WritePreconditions,
} from "../../apiserver/storage/object-store.ts";
import {
  existingObject,
  conflictingWrite,
  expiredVersion,
  missingObject,
} from "../../apiserver/storage/store-errors.ts";
import { watchHistory } from "../../apiserver/storage/watch-history.ts";
import { type Database, numberColumn, type Sql } from "./database.ts";
import { listObjects } from "./list-objects.ts";
import { createObjectRows, type ObjectRows, type Sealer } from "./object-rows.ts";
import { createPresentation, type Presenter } from "./presentation.ts";
import { openVersionRuns } from "./version-runs.ts";

/** A change that has become durable, with where it happened. */
export interface CommittedChange extends StoreChange {
  readonly key: ObjectKey;
  /** For a deletion: what removed the object, for people. */
  readonly because?: string;
}

/** Writes objects inside one transaction; other tables may be written through `sql` in the same one. */
export interface ObjectWriter {
  readonly sql: Sql;
  /** Returns the object as written so far in this transaction, or undefined. */
  read(key: ObjectKey): Promise<ApiObject | undefined>;
  create(key: ObjectKey, object: ApiObject): Promise<ApiObject>;
  update(key: ObjectKey, object: ApiObject, preconditions?: WritePreconditions): Promise<ApiObject>;
  /** `because` says what removed the object, for people: a commit, or who asked. */
  remove(key: ObjectKey, preconditions?: WritePreconditions & { readonly because?: string }): Promise<ApiObject>;
}

/** The hub's objects: durable, watchable, with statuses that are computed when somebody looks. */
export interface ObjectTable extends ObjectStore {
  /** Runs several writes as one: all or none, and watchers see them together after the commit. */
  write<T>(work: (writer: ObjectWriter) => Promise<T>): Promise<T>;
  /** Says how objects of a kind are shown (their computed status). */
  present(resource: ResourceKey, presenter: Presenter): void;
  /**
   * Says that the computed part of these objects may have changed: watchers get an event where it did. Where nobody
   * watches the kind, the keys are not even asked for.
   */
  touch(resource: ResourceKey, keys: () => Iterable<Omit<ObjectKey, "resource">>): Promise<void>;
  /** Whether somebody watches the kind, or has just listed it and may begin to. */
  isWatched(resource: ResourceKey): boolean;
  /** Calls the listener after each commit, before the writer's promise resolves. */
  onCommit(listener: (changes: readonly CommittedChange[]) => void): void;
  /** The newest version that survives a crash; desired documents take it as their revision. */
  durableVersion(): number;
  /** Whether this store may have given out a version; else it did so in a future that was lost, when a backup was restored. */
  knowsVersion(version: number): boolean;
  /** Gives out only newer versions than this one from now on, and knows all up to it. */
  adoptVersion(version: number): Promise<void>;
}

/** Versions are reserved in blocks: what a process gave out without writing it down is not given out again by the next. */
const reservedVersions = 1_000_000;
const historySize = 8192;
const maxWatchLag = 10_000;

/**
 * Returns the object table of a database, whose version sequence goes on where it stopped; `gap` versions are left out, a
 * random number that tells this process' versions from those of a future of the store that was lost.
 */
export async function openObjectTable(db: Database, sealer: Sealer, gap = 0): Promise<ObjectTable> {
  await db.run("INSERT INTO meta (key, value) VALUES ('version', '1') ON CONFLICT (key) DO NOTHING");
  const [row] = await db.all("SELECT CAST(value AS BIGINT) AS version FROM meta WHERE key = 'version'");
  const runs = await openVersionRuns(db, row === undefined ? 1 : numberColumn(row, "version"), gap);
  /** Handed out; the changes of a write that is not finished have theirs already. */
  let version = runs.first;
  let durable = version;
  /** Up to here watchers have been told everything: what lists show at least. */
  let published = version;
  let reserved = version;
  const history = createEventHistory(historySize, version);
  const rows = createObjectRows(sealer);
  const presentation = createPresentation();
  const listeners: ((changes: readonly CommittedChange[]) => void)[] = [];
  /** Publishing follows version order, so whoever hands out versions holds this turn until it has published. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return mine;
  };

  const record = (key: ObjectKey, change: StoreChange): void => {
    const path = collectionKey(key.namespace, key.name);
    history.append({
      version: Number(change.resourceVersion),
      resource: key.resource,
      namespace: key.namespace,
      key: path,
      change,
    });
  };
  /** Returns up to where versions are reserved once `sql` is durable. */
  const reserve = async (sql: Sql): Promise<number> => {
    if (version < reserved) return reserved;
    const next = version + reservedVersions;
    await sql.run("UPDATE meta SET value = ? WHERE key = 'version'", [String(next)]);
    return next;
  };
  const publish = (changes: readonly CommittedChange[]): void => {
    for (const listener of listeners) listener(changes);
    for (const { key, because: _because, ...change } of changes) {
      if (change.type === "deleted") presentation.forget(key);
      record(key, {
        ...change,
        object: change.type === "deleted" ? change.object : presentation.written(key, change.object),
      });
    }
  };
  const write = async <T>(work: (writer: ObjectWriter) => Promise<T>): Promise<T> =>
    inTurn(async () => {
      const changes: CommittedChange[] = [];
      const result = await db.transaction(async (sql) => {
        const done = await work(
          createWriter({
            sql,
            rows,
            changes,
            next: () => ++version,
            shownVersion: (key, object) => presentation.shownVersion(key, object),
          }),
        );
        await runs.note(sql, version);
        return { done, reserved: await reserve(sql) };
      });
      reserved = result.reserved;
      durable = version;
      try {
        publish(changes);
      } finally {
        published = version;
      }
      return result.done;
    });
  const shown = (key: ObjectKey, object: ApiObject): ApiObject => presentation.show(key, object);

  return {
    write,
    present: (resource, presenter) => presentation.add(resource, presenter),
    onCommit: (listener) => void listeners.push(listener),
    durableVersion: () => durable,
    knowsVersion: (asked) => runs.knows(asked, durable),
    adoptVersion: async (newest) =>
      inTurn(async () => {
        version = Math.max(version, newest + 1);
        reserved = await db.transaction(async (sql) => {
          await runs.adopt(sql, version);
          return reserve(sql);
        });
        durable = version;
        published = version;
      }),
    isWatched: (resource) => presentation.isWatched(resource),
    get: async (key) => {
      const object = await rows.read(db, key);
      if (object === undefined) throw missingObject(key);
      return shown(key, object);
    },
    list: async (request) => {
      presentation.listed(request.resource);
      return listObjects({ db, rows, version: published, show: shown }, request);
    },
    create: async (key, object) => shown(key, await write(async (writer) => writer.create(key, object))),
    update: async (key, object, preconditions) =>
      shown(key, await write(async (writer) => writer.update(key, object, preconditions))),
    delete: async (key, preconditions) => write(async (writer) => writer.remove(key, preconditions)),
    touch: async (resource, keys) =>
      inTurn(async () => {
        if (!presentation.isWatched(resource)) {
          presentation.missed(resource, ++version);
          published = version;
          reserved = await reserve(db);
          return;
        }
        for (const { namespace, name } of keys()) {
          const key = { resource, namespace, name };
          const object = await rows.read(db, key);
          const change = object === undefined ? undefined : presentation.touched(key, object, () => ++version);
          if (change !== undefined) record(key, change);
          published = version;
        }
        reserved = await reserve(db);
      }),
    watch: (request, signal) => {
      const missedAt = presentation.missedAt(request.resource);
      if (Number(request.fromResourceVersion) < missedAt)
        throw expiredVersion(Number(request.fromResourceVersion), published);
      presentation.watchStarted(request.resource, signal);
      return watchHistory({ history, version: () => published, maxLag: maxWatchLag }, request, signal);
    },
  };
}

interface WriterParts {
  readonly sql: Sql;
  readonly rows: ObjectRows;
  readonly changes: CommittedChange[];
  readonly next: () => number;
  readonly shownVersion: (key: ObjectKey, object: ApiObject) => string;
}

function createWriter(parts: WriterParts): ObjectWriter {
  const { sql, rows, changes, next } = parts;
  const existing = async (key: ObjectKey, preconditions: WritePreconditions | undefined): Promise<ApiObject> => {
    const object = await rows.read(sql, key);
    if (object === undefined) throw missingObject(key);
    const { uid, resourceVersion } = preconditions ?? {};
    if (uid !== undefined && uid !== object.metadata.uid) {
      throw conflictingWrite(
        key,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${object.metadata.uid ?? ""}`,
      );
    }
    if (resourceVersion !== undefined && resourceVersion !== parts.shownVersion(key, object)) {
      throw conflictingWrite(
        key,
        "the object has been modified; please apply your changes to the latest version and try again",
      );
    }
    return object;
  };
  return {
    sql,
    read: async (key) => rows.read(sql, key),
    create: async (key, object) => {
      if ((await rows.read(sql, key)) !== undefined) throw existingObject(key);
      const stored = stamp(rows.storable(key, object), next());
      await rows.save(sql, key, stored);
      changes.push({ type: "created", resourceVersion: stored.metadata.resourceVersion ?? "", object: stored, key });
      return stored;
    },
    update: async (key, object, preconditions) => {
      const previous = await existing(key, preconditions);
      const wanted = rows.storable(key, object);
      const unchanged = {
        ...wanted,
        metadata: { ...wanted.metadata, resourceVersion: previous.metadata.resourceVersion ?? "" },
      };
      if (jsonEqual(unchanged, previous)) return previous;
      const stored = stamp(wanted, next());
      await rows.save(sql, key, stored);
      changes.push({
        type: "updated",
        resourceVersion: stored.metadata.resourceVersion ?? "",
        object: stored,
        previous,
        key,
      });
      return stored;
    },
    remove: async (key, preconditions) => {
      const previous = await existing(key, preconditions);
      const last = stamp(previous, next());
      const because = preconditions?.because ?? "deleted by hand";
      await rows.remove(sql, key, because);
      changes.push({
        type: "deleted",
        resourceVersion: last.metadata.resourceVersion ?? "",
        object: last,
        previous,
        key,
        because,
      });
      return last;
    },
  };
}

function stamp(object: ApiObject, version: number): ApiObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
}
