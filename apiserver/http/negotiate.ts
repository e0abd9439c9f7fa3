import { ApiError } from "../resources/api-error.ts";

/** In which form an answer is wanted. */
export interface AnswerForm {
  readonly format: "json" | "yaml";
  /** `Table`, `PartialObjectMetadata`, `PartialObjectMetadataList`, `APIGroupDiscoveryList`; "" for the plain object. */
  readonly as: string;
  readonly group: string;
  readonly version: string;
}

/** A form that an endpoint can answer in besides the plain object. */
export interface OfferedForm {
  readonly as: string;
  readonly group: string;
  readonly versions: readonly string[];
}

const plainJson: AnswerForm = { format: "json", as: "", group: "", version: "" };

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/** Returns the first form that the `Accept` header asks for and the endpoint offers; throws 406 when there is none. */
export function negotiate(accept: string | undefined, offered: readonly OfferedForm[]): AnswerForm {
  if (accept === undefined || accept.trim() === "") return plainJson;
  for (const clause of parseAccept(accept)) {
    const form = formOf(clause, offered);
    if (form !== undefined) return form;
  }
  throw notAcceptable();
}

/** Returns whether a client would rather have YAML than JSON. */
export function prefersYaml(accept: string | undefined): boolean {
  if (accept?.includes("yaml") !== true) return false;
  return parseAccept(accept).find(({ type }) => formatOf(type) !== undefined)?.type === "application/yaml";
}

/** Returns the 406 that names what could be had. */
function notAcceptable(): ApiError {
  return new ApiError(
    "NotAcceptable",
    "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml",
    { details: {} },
  );
}

function formOf(clause: Clause, offered: readonly OfferedForm[]): AnswerForm | undefined {
  const format = formatOf(clause.type);
  if (format === undefined) return undefined;
  const as = clause.parameters.get("as") ?? "";
  if (as === "") return { ...plainJson, format };
  const group = clause.parameters.get("g") ?? "";
  const version = clause.parameters.get("v") ?? "";
  const isOffered = offered.some((form) => form.as === as && form.group === group && form.versions.includes(version));
  return isOffered ? { format, as, group, version } : undefined;
}

function formatOf(type: string): "json" | "yaml" | undefined {
  if (type === "application/json" || type === "*/*" || type === "application/*") return "json";
  return type === "application/yaml" ? "yaml" : undefined;
}

function parseAccept(accept: string): readonly Clause[] {
  return accept
    .split(",")
    .map(parseClause)
    .filter(({ quality }) => quality > 0)
    .sort((left, right) => right.quality - left.quality);
}

function parseClause(text: string): Clause {
  const [type = "", ...rest] = text.split(";").map((part) => part.trim());
  const parameters = new Map(
    rest.map((part): [string, string] => {
      const equals = part.indexOf("=");
      return equals === -1 ? [part, ""] : [part.slice(0, equals), part.slice(equals + 1)];
    }),
  );
  const quality = Number(parameters.get("q") ?? "1");
  return { type, parameters, quality: Number.isNaN(quality) ? 0 : quality };
}
