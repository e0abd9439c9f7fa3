import { isJsonObject, type JsonObject } from "../../../codec/json-value.ts";
import { CodecError } from "../../../codec/codec-error.ts";
import { parseJson } from "../../../codec/parse-json.ts";
import { ChartSourceError } from "./chart-source-error.ts";
import { bodyOf, requestSource, type SourceAnswer } from "./request-source.ts";
import { basicAuthorization, printableAddress, type SourceAccess } from "./source-access.ts";

/** A wish to an OCI registry. */
export interface RegistryRequest {
  readonly url: URL;
  readonly accept?: string;
  readonly maxBytes: number;
}

/** Requests to one repository of a registry; logs in when it is asked to, once. */
export interface RegistrySession {
  get(request: RegistryRequest): Promise<SourceAnswer>;
}

const maxTokenBytes = 1024 * 1024;

/**
 * Returns a session that answers a registry's challenge: a token for pulling `repository`, or basic authentication (the
 * distribution project's token specification). The credential goes to the registry and to the token server that it names.
 */
export function createRegistrySession(repository: string, access: SourceAccess, signal: AbortSignal): RegistrySession {
  let authorization: string | undefined;
  return {
    get: async (request) => {
      const send = () => requestSource({ ...request, access, authorization, signal });
      const first = await send();
      // A server elsewhere that asks for a credential gets none: it must do without, or fail.
      if (first.status !== 401 || authorization !== undefined || first.url.origin !== request.url.origin) return first;
      authorization = await logIn({ challenge: first.headers["www-authenticate"] ?? "", repository, access, signal });
      return authorization === undefined ? first : send();
    },
  };
}

interface LogIn {
  readonly challenge: string;
  readonly repository: string;
  readonly access: SourceAccess;
  readonly signal: AbortSignal;
}

async function logIn({ challenge, repository, access, signal }: LogIn): Promise<string | undefined> {
  if (/^basic\b/iu.test(challenge)) return basicAuthorization(access);
  if (!/^bearer\b/iu.test(challenge)) return undefined;
  const fields = challengeFields(challenge);
  const realm = fields.get("realm") ?? "";
  if (!URL.canParse(realm)) throw new ChartSourceError("refused", "the registry names no token server");
  const url = new URL(realm);
  url.username = "";
  url.password = "";
  if (url.protocol !== "https:" && (url.protocol !== "http:" || access.plainHttp !== true)) {
    throw new ChartSourceError("refused", `the registry's token server ${printableAddress(realm)} is not https`);
  }
  const service = fields.get("service");
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", fields.get("scope") ?? `repository:${repository}:pull`);
  const answer = await requestSource({
    url,
    access,
    authorization: basicAuthorization(access),
    maxBytes: maxTokenBytes,
    signal,
  });
  const body = jsonOf(bodyOf(answer, "token server"), printableAddress(realm));
  const token = body["token"] ?? body["access_token"];
  if (typeof token === "string" && token !== "") return `Bearer ${token}`;
  throw new ChartSourceError("refused", `${printableAddress(realm)} answers without a token`);
}

/** Returns the `key="value"` pairs of a challenge. */
function challengeFields(challenge: string): Map<string, string> {
  const pairs = challenge.matchAll(/([a-z_]+)=(?:"([^"]*)"|([^\s,"]+))/giu);
  return new Map([...pairs].map(([, key = "", quoted, plain]) => [key.toLowerCase(), quoted ?? plain ?? ""] as const));
}

/** Returns the JSON object in an answer. Throws `ChartSourceError` when it is something else. */
export function jsonOf(body: Buffer, place: string): JsonObject {
  try {
    const value = parseJson(body.toString("utf8"));
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
  }
  throw new ChartSourceError("refused", `${place} answers with something that is no JSON object`);
}
