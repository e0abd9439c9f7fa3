import { isJsonObject } from "../../codec/json-value.ts";
import type { KubeObject } from "../api/meta.ts";
import { withoutPlaceholders } from "./known-fields.ts";

/** Metadata that the API server alone writes. */
const serverMetadata = ["managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink"];

/**
 * Returns a rendered object as it is to be applied: without status, what only the server writes, and placeholders for
 * certificates, and with a Secret's `stringData` folded into `data` (server-side apply would otherwise own both, and never see a removal).
 */
export function normalizeObject(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = object;
  const metadata = omit(object.metadata, serverMetadata);
  return foldStringData(withoutPlaceholders({ ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata }));
}

/** Returns an object as it is compared: without status and what the server writes at each change. */
export function comparableObject(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = object;
  return { ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata: omit(object.metadata, serverMetadata) };
}

function omit(metadata: KubeObject["metadata"], names: readonly string[]): KubeObject["metadata"] {
  return Object.fromEntries(
    Object.entries(metadata).filter(([name, value]) => !names.includes(name) && value !== undefined && value !== null),
  );
}

function foldStringData(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object;
  if (object.apiVersion !== "v1" || object.kind !== "Secret" || !isJsonObject(stringData)) return object;
  const folded: [string, string][] = [];
  for (const [key, value] of Object.entries(stringData)) {
    // What is no text is left for the API server to refuse, in its own words.
    if (typeof value !== "string" && value !== null) return object;
    folded.push([key, Buffer.from(value ?? "", "utf8").toString("base64")]);
  }
  const data = { ...(isJsonObject(object["data"]) ? object["data"] : {}), ...Object.fromEntries(folded) };
  return { ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata: object.metadata, data };
}
