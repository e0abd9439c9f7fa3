import type { IncomingMessage } from "node:http";
import { CodecError } from "../../codec/codec-error.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { parseYaml } from "../../codec/parse-yaml.ts";
import { ApiError, badRequest, unsupportedMediaType } from "../resources/api-error.ts";
import { findDuplicateKeys } from "./find-duplicate-keys.ts";
import { decodeProtobuf, protobufMediaType } from "./protobuf/decode-protobuf.ts";
import type { RawObject } from "../resources/verbs/decode-object.ts";

/** Longer bodies are refused, as by kube-apiserver. */
export const defaultMaxBodyBytes = 3 * 1024 * 1024;

/** Returns the body; throws 413 when it is longer than `maxBytes`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new ApiError("RequestEntityTooLarge", `Request entity too large: limit is ${maxBytes}`, { details: {} });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Returns the media type of a request without its parameters; JSON when it names none. */
export function mediaTypeOf(request: IncomingMessage): string {
  const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  return type === "" ? "application/json" : type;
}

const accepted = ["application/json", "application/yaml", protobufMediaType];

/**
 * Returns the object of a JSON or YAML body, or of a protobuf one of a built-in kind; throws 415 for other media types, 400
 * for what cannot be read.
 */
export function parseBody(bytes: Buffer, mediaType: string, kind: string): RawObject {
  switch (mediaType) {
    case "application/json":
      return parseJsonBody(bytes.toString("utf8"), kind);
    case "application/yaml":
    case "application/apply-patch+yaml":
      return parseYamlBody(bytes.toString("utf8"), kind);
    case protobufMediaType:
      return { value: decodeProtobuf(bytes) };
    default:
      throw unsupportedMediaType(accepted);
  }
}

function parseJsonBody(text: string, kind: string): RawObject {
  try {
    const value = parseJson(text);
    return { value, duplicateFields: findDuplicateKeys(text, value) };
  } catch (error) {
    throw unreadable(error, kind, "json parse error");
  }
}

function parseYamlBody(text: string, kind: string): RawObject {
  try {
    const [document] = parseYaml(text);
    if (document === undefined) return { value: {} };
    return { value: document.value, duplicateFields: document.duplicateKeys.map(({ path }) => formatPath(path)) };
  } catch (error) {
    throw unreadable(error, kind, "error converting YAML to JSON");
  }
}

function unreadable(error: unknown, kind: string, what: string): Error {
  if (!(error instanceof CodecError)) throw error;
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; ${what}: ${error.message}`,
  );
}

function formatPath(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");
}
