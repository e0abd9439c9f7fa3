import type { ApiObject } from "../resources/api-object.ts";
import { createObject } from "../resources/verbs/create-object.ts";
import { decodeObject } from "../resources/verbs/decode-object.ts";
import { replaceObject } from "../resources/verbs/update-object.ts";
import { ok, type Answer } from "./answer.ts";
import { presentObject } from "./present.ts";
import { mediaTypeOf, parseBody, readBody } from "./read-body.ts";
import { parseWriteOptions } from "./request-query.ts";
import { writeRequestOf, type StoredCall } from "./resource-call.ts";

/** Answers a POST to a collection: 201 with the stored object. */
export async function serveCreate(call: StoredCall): Promise<Answer> {
  const request = writeRequestOf(call, parseWriteOptions(call.query, "CreateOptions"));
  const object = decodeObject(await readObject(call), request);
  const created = await createObject(object, { request, parts: call.server }, { tracked: true });
  return { status: 201, body: presentObject(created, call) };
}

/** Answers a PUT of an object or of its status. */
export async function serveUpdate(call: StoredCall): Promise<Answer> {
  const request = writeRequestOf(call, parseWriteOptions(call.query, "UpdateOptions"));
  const object = decodeObject(await readObject(call), request);
  const updated: ApiObject = await replaceObject(object, { request, parts: call.server });
  return ok(presentObject(updated, call));
}

async function readObject(call: StoredCall) {
  const { definition, request, server } = call;
  const bytes = await readBody(request, server.maxBodyBytes);
  return parseBody(bytes, mediaTypeOf(request), definition.names.kind);
}
