import type { RE2JS } from "re2js";
import type { JsonObject } from "../../codec/json-value.ts";

/** A version of JSON Schema. */
export type SchemaDraft = 4 | 6 | 7 | 2019 | 2020;

/** One schema, ready to check values. What it holds is filled in while its document is compiled. */
export interface SchemaNode {
  /** Address of the document, `#`, and the JSON pointer in it. */
  readonly location: string;
  readonly draft: SchemaDraft;
  /** A schema that is `true` or `false`; `{}` is `true`. */
  readonly always: boolean | undefined;
  /** Its keywords, without those that its draft has not. */
  readonly words: JsonObject;
  /** Schemas below it, by keyword or `keyword/name`. */
  readonly below: Map<string, SchemaNode>;
  readonly patterns: (readonly [RE2JS, SchemaNode])[];
  pattern: RE2JS | undefined;
  readonly assertsFormat: boolean;
  ref: SchemaNode | undefined;
  recursiveRef: SchemaNode | undefined;
  dynamicRef: { readonly node: SchemaNode; readonly anchor: string } | undefined;
  /** The schema with the `$id` above it. */
  resource: SchemaNode | undefined;
  readonly dynamicAnchors: Map<string, SchemaNode>;
}

/** A schema that cannot be used; the message is that of jsonschema v6, which Helm uses. */
export class SchemaUseError extends Error {}

/** A schema that refers to an address. */
export class SchemaAddressError extends Error {
  readonly address: string;

  constructor(address: string) {
    super(`refers to ${address}`);
    this.address = address;
  }
}
