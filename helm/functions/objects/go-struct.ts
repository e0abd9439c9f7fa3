import { type GoField, type GoKind, GoObject, type GoValue } from "../../template/go-value.ts";
import { formatValue } from "../../template/format-value.ts";
import { printValue } from "../../template/print-value.ts";

/** One field of a struct. */
export interface StructField {
  readonly name: string;
  readonly value: GoValue;
  /** The key in JSON, when it is not the name; fields that Go leaves out of JSON when they are empty say so. */
  readonly json?: { readonly key: string; readonly omitEmpty?: boolean } | undefined;
  /** Whether templates can see it. */
  readonly isHidden?: boolean | undefined;
}

/** A Go struct without methods of its own. */
export class GoStruct extends GoObject {
  readonly goType: string;
  readonly kind: GoKind;
  readonly fields: readonly StructField[];

  constructor(goType: string, fields: readonly StructField[]) {
    super();
    this.goType = goType;
    this.kind = goType.startsWith("*") ? "ptr" : "struct";
    this.fields = fields;
  }

  override field(name: string): GoField | undefined {
    return this.fields.find((field) => field.name === name);
  }

  goString(): string {
    const values = this.fields.map((field) => printValue(field.value)).join(" ");
    return this.kind === "ptr" ? `&{${values}}` : `{${values}}`;
  }

  override namedString(): string {
    const values = this.fields.map(({ name, value }) => `${name}:${namedText(value)}`).join(" ");
    return this.kind === "ptr" ? `&{${values}}` : `{${values}}`;
  }

  override goSyntax(): string {
    const values = this.fields.map(({ name, value }) => `${name}:${formatValue(value, "v", { sharpV: true })}`);
    return `${this.goType.replace("*", "&")}{${values.join(", ")}}`;
  }

  toJsonValue(): GoValue {
    const shown = this.fields.filter(
      ({ isHidden, json, value }) => isHidden !== true && !(json?.omitEmpty === true && value === ""),
    );
    return new Map(shown.map(({ name, json, value }): [string, GoValue] => [json?.key ?? name, value]));
  }
}

function namedText(value: GoValue): string {
  return value instanceof GoObject ? value.namedString() : printValue(value);
}
