import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { printJson } from "../../codec/print-json.ts";
import { lookupAnnotation } from "../../shared/api/annotations.ts";
import type { KubeObject } from "../../shared/api/meta.ts";
import { AppError, toAppError } from "../../shared/errors.ts";
import { type LookupAnswer, type LookupQuery, printLookup } from "../../shared/render/chart/lookup-answer.ts";
import type { ApiResource } from "../kube/api-resource.ts";
import type { Discovery } from "../kube/discovery.ts";
import type { KubeClient } from "../kube/kube-client.ts";

/** For which deployment templates look something up. */
export interface LookupPlace {
  readonly bundle: string;
  /** The release's namespace: what is elsewhere is not looked at, unless `anywhere`. */
  readonly namespace: string;
  readonly anywhere: boolean;
  /** The API server under the deployment's own identity. */
  readonly client: KubeClient;
  readonly discovery: Discovery;
}

/** Bounds of what one render may look up: its answers are kept in a Secret. */
const maxQueries = 500;
const maxBytes = 8 * 1024 * 1024;

/**
 * Returns the cluster's answers. What is not in the release's namespace is refused: with the rights of an agent, a chart
 * could read every Secret of the cluster (Fleet: CVE-2026-41050). Throws what the API server answers – a missing right
 * with verb and resource –, `CHART_FAILED` for a kind that is not served, and `RENDER_LIMIT`.
 */
export async function answerLookups(
  place: LookupPlace,
  queries: readonly LookupQuery[],
): Promise<readonly LookupAnswer[]> {
  if (queries.length > maxQueries) throw limitError(place, `more than ${maxQueries} objects or kinds`);
  const answers: LookupAnswer[] = [];
  let bytes = 0;
  for (const query of queries) {
    const answer = await answerOne(place, query);
    bytes += printJson(answer).length;
    if (bytes > maxBytes) throw limitError(place, `more than ${maxBytes / 1024 / 1024} MB`);
    answers.push(answer);
  }
  return answers;
}

async function answerOne(place: LookupPlace, query: LookupQuery): Promise<LookupAnswer> {
  const { bundle, discovery } = place;
  const resource = await discovery.resolve(query.apiVersion, query.kind);
  if (resource === undefined) {
    const message = `bundle ${bundle}: a template looks up ${query.kind} (${query.apiVersion}), which the cluster does not serve`;
    throw new AppError("CHART_FAILED", `${message}; install its definition first, or ask .Capabilities before`);
  }
  const refused = refusal(place, resource, query);
  if (refused !== undefined) return { query, refused };
  try {
    const object = query.name === "" ? await listAll(place, resource, query) : await getOne(place, resource, query);
    return object === undefined ? { query } : { query, object };
  } catch (error) {
    const { code, message, verdict, afterMs, cause } = toAppError(error);
    throw new AppError(code, `bundle ${bundle}: looking up ${printLookup(query)}: ${message}`, {
      verdict,
      ...(afterMs === undefined ? {} : { afterMs }),
      cause,
    });
  }
}

/** Returns why the cluster is not asked, if it is not. */
function refusal({ namespace, anywhere }: LookupPlace, resource: ApiResource, query: LookupQuery): string | undefined {
  const hint = `annotation ${lookupAnnotation}: cluster of the GitRepo allows it`;
  if (!resource.namespaced) return anywhere ? undefined : `${query.kind} is a cluster-wide kind; ${hint}`;
  if (query.namespace === "" && query.name !== "") return "a name without a namespace is no object";
  if (anywhere || query.namespace === namespace) return undefined;
  return `charts may read the namespace of their release only, which is ${namespace}; ${hint}`;
}

async function getOne(
  { client }: LookupPlace,
  resource: ApiResource,
  { namespace, name }: LookupQuery,
): Promise<JsonObject | undefined> {
  const object = await client.get({ resource, namespace, name });
  return object === undefined ? undefined : withoutManagers(object);
}

async function listAll(place: LookupPlace, resource: ApiResource, query: LookupQuery): Promise<JsonObject> {
  const items: JsonObject[] = [];
  let bytes = 0;
  for await (const object of place.client.list(resource, { namespace: query.namespace, pageSize: 100 })) {
    const item = withoutManagers(object);
    bytes += printJson(item).length;
    if (bytes > maxBytes) throw limitError(place, `more than ${maxBytes / 1024 / 1024} MB of ${resource.plural}`);
    items.push(item);
  }
  const { group, version, kind } = resource;
  const apiVersion = group === "" ? version : `${group}/${version}`;
  return {
    apiVersion,
    kind: `${kind}List`,
    metadata: {},
    items: items.map((item) => ({ ...item, apiVersion, kind })),
  };
}

/** Who wrote which field is half of an object, and nothing that charts ask for. */
function withoutManagers({ metadata, ...rest }: KubeObject): JsonObject {
  const { managedFields: _left, ...kept } = metadata;
  const object = { ...rest, metadata: kept };
  return isJsonObject(object) ? object : {};
}

function limitError({ bundle }: LookupPlace, what: string): AppError {
  return new AppError("RENDER_LIMIT", `bundle ${bundle}: templates look up ${what}; name fewer objects`, {
    verdict: "stalled",
  });
}
