import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { formatContinueToken, parseContinueToken } from "../../apiserver/storage/continue-token.ts";
import type { ListRequest, ObjectKey, ObjectList } from "../../apiserver/storage/object-store.ts";
import { badContinueToken, expiredVersion } from "../../apiserver/storage/store-errors.ts";
import { type Database, numberColumn, type Row, type SqlValue, textColumn } from "./database.ts";
import type { ObjectRows } from "./object-rows.ts";

/** What listing needs to know of the table. */
export interface ListSource {
  readonly db: Database;
  readonly rows: ObjectRows;
  /** The newest version. */
  readonly version: number;
  readonly show: (key: ObjectKey, object: ApiObject) => ApiObject;
}

interface Position {
  readonly namespace: string;
  readonly name: string;
}

const batchRows = 500;

/**
 * Returns one page in the order of (namespace, name). Later pages show the newest state of what they contain under the
 * version of the first page: a watch from that version brings whoever lists up to date, nothing is missed.
 */
export async function listObjects(source: ListSource, request: ListRequest): Promise<ObjectList> {
  const { version, after } = startOf(source, request);
  const limit = request.limit === undefined || request.limit === 0 ? Infinity : request.limit;
  const items: ApiObject[] = [];
  let position = after;
  while (items.length <= limit) {
    const batch = await readBatch(source, request, position);
    for (const row of batch) {
      const key = {
        resource: request.resource,
        namespace: textColumn(row, "namespace"),
        name: textColumn(row, "name"),
      };
      const object = source.show(key, source.rows.parse(request.resource, row));
      if (!(request.filter?.matches(object) ?? true)) continue;
      if (items.length === limit)
        return { items, resourceVersion: String(version), ...(await rest(source, request, { version, items })) };
      items.push(object);
    }
    const last = batch.at(-1);
    if (last === undefined || batch.length < batchRows) break;
    position = { namespace: textColumn(last, "namespace"), name: textColumn(last, "name") };
  }
  return { items, resourceVersion: String(version) };
}

function startOf(source: ListSource, request: ListRequest): { version: number; after: Position } {
  const start = { namespace: "", name: "" };
  if (request.continue !== undefined) {
    const token = parseContinueToken(request.continue);
    if (token === undefined) throw badContinueToken();
    const slash = token.after.indexOf("/");
    const after =
      slash === -1
        ? { namespace: "", name: token.after }
        : { namespace: token.after.slice(0, slash), name: token.after.slice(slash + 1) };
    return { version: token.version === -1 ? source.version : token.version, after };
  }
  const exact = request.exactResourceVersion;
  if (exact !== undefined && Number(exact) !== source.version) throw expiredVersion(Number(exact), source.version);
  return { version: source.version, after: start };
}

async function readBatch(source: ListSource, request: ListRequest, after: Position): Promise<Row[]> {
  const { where, parameters } = condition(request, after);
  return source.db.all(
    `SELECT namespace, name, body, version FROM objects WHERE ${where} ORDER BY namespace, name LIMIT ${batchRows}`,
    parameters,
  );
}

async function rest(
  source: ListSource,
  request: ListRequest,
  page: { version: number; items: readonly ApiObject[] },
): Promise<Partial<ObjectList>> {
  const last = page.items.at(-1);
  const position = { namespace: last?.metadata.namespace ?? "", name: last?.metadata.name ?? "" };
  const after = position.namespace === "" ? position.name : `${position.namespace}/${position.name}`;
  const token = { continue: formatContinueToken({ version: page.version, after }) };
  if (request.filter !== undefined) return token;
  const { where, parameters } = condition(request, position);
  const [row] = await source.db.all(`SELECT COUNT(*) AS remaining FROM objects WHERE ${where}`, parameters);
  return { ...token, remainingItemCount: row === undefined ? 0 : numberColumn(row, "remaining") };
}

function condition(request: ListRequest, after: Position): { where: string; parameters: SqlValue[] } {
  const where = "resource = ? AND (namespace, name) > (?, ?)";
  const parameters: SqlValue[] = [request.resource, after.namespace, after.name];
  if (request.namespace === undefined) return { where, parameters };
  return { where: `${where} AND namespace = ?`, parameters: [...parameters, request.namespace] };
}
