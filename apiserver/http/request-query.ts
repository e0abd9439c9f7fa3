import { badRequest, invalidObject } from "../resources/api-error.ts";
import { plainFault, unsupportedValue, type FieldError } from "../resources/field-error.ts";
import { quoteGoString } from "../resources/go-text.ts";

/** How unknown and duplicate fields of a body are treated. */
export type FieldValidation = "Ignore" | "Strict" | "Warn";

/** Options of writes (CreateOptions, UpdateOptions, PatchOptions of meta.k8s.io/v1). */
export interface WriteOptions {
  readonly dryRun: boolean;
  /** "" when the request names none. */
  readonly fieldManager: string;
  readonly fieldValidation: FieldValidation;
  readonly force: boolean | undefined;
}

/** Options of lists and watches (ListOptions of meta.k8s.io/v1). */
export interface ListOptions {
  readonly labelSelector: string;
  readonly fieldSelector: string;
  readonly limit: number;
  readonly continue: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly watch: boolean;
  readonly allowWatchBookmarks: boolean;
  readonly sendInitialEvents: boolean | undefined;
  readonly timeoutSeconds: number | undefined;
}

/** Returns the write options of a query; `optionsKind` ("CreateOptions") is named in errors. */
export function parseWriteOptions(query: URLSearchParams, optionsKind: string): WriteOptions {
  const faults: FieldError[] = [];
  const dryRun = query.getAll("dryRun");
  if (dryRun.some((value) => value !== "All")) {
    faults.push(unsupportedValue("dryRun", dryRun, ["All"]));
  }
  const fieldValidation = query.get("fieldValidation") ?? "";
  if (!isFieldValidation(fieldValidation) && fieldValidation !== "") {
    faults.push(unsupportedValue("fieldValidation", fieldValidation, ["", "Ignore", "Strict", "Warn"]));
  }
  const fieldManager = query.get("fieldManager") ?? "";
  if (fieldManager.length > 128) {
    faults.push(plainFault("FieldValueTooLong", "fieldManager", "may not be more than 128 bytes"));
  }
  if (faults.length > 0) throw invalidOptions(optionsKind, faults);
  return {
    dryRun: dryRun.length > 0,
    fieldManager,
    fieldValidation: isFieldValidation(fieldValidation) ? fieldValidation : "Warn",
    force: parseFlag(query, "force"),
  };
}

/** Returns the list options of a query; throws what kube-apiserver answers to combinations that it refuses. */
export function parseListOptions(query: URLSearchParams, watch: boolean): ListOptions {
  const options: ListOptions = {
    labelSelector: query.get("labelSelector") ?? "",
    fieldSelector: query.get("fieldSelector") ?? "",
    limit: Math.max(0, parseInteger(query, "limit") ?? 0),
    continue: query.get("continue") ?? "",
    resourceVersion: query.get("resourceVersion") ?? "",
    resourceVersionMatch: query.get("resourceVersionMatch") ?? "",
    watch: watch || (parseFlag(query, "watch") ?? false),
    allowWatchBookmarks: parseFlag(query, "allowWatchBookmarks") ?? false,
    sendInitialEvents: parseFlag(query, "sendInitialEvents"),
    timeoutSeconds: parseInteger(query, "timeoutSeconds"),
  };
  const faults = options.watch ? watchFaults(options) : listFaults(options);
  if (faults.length > 0) throw invalidOptions("ListOptions", faults);
  return options;
}

function watchFaults(options: ListOptions): readonly FieldError[] {
  const { sendInitialEvents, resourceVersionMatch } = options;
  if (sendInitialEvents === undefined) {
    return resourceVersionMatch === ""
      ? []
      : [
          forbiddenOption(
            "resourceVersionMatch",
            "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
          ),
        ];
  }
  if (resourceVersionMatch === "") {
    return [
      forbiddenOption(
        "resourceVersionMatch",
        "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
      ),
    ];
  }
  if (resourceVersionMatch !== "NotOlderThan") {
    return [unsupportedValue("resourceVersionMatch", resourceVersionMatch, ["NotOlderThan"])];
  }
  if (sendInitialEvents && options.continue !== "")
    return [forbiddenOption("continue", "continue is forbidden for watch")];
  return [];
}

function listFaults(options: ListOptions): readonly FieldError[] {
  const faults: FieldError[] = [];
  if (options.sendInitialEvents !== undefined) {
    faults.push(forbiddenOption("sendInitialEvents", "sendInitialEvents is forbidden for list"));
  }
  const match = options.resourceVersionMatch;
  if (match === "") return faults;
  if (options.resourceVersion === "") {
    faults.push(
      forbiddenOption("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"),
    );
  }
  if (options.continue !== "") {
    faults.push(forbiddenOption("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"));
  }
  if (match !== "Exact" && match !== "NotOlderThan") {
    faults.push(unsupportedValue("resourceVersionMatch", match, ["Exact", "NotOlderThan", ""]));
  }
  if (match === "Exact" && options.resourceVersion === "0") {
    faults.push(
      forbiddenOption("resourceVersionMatch", 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
    );
  }
  return faults;
}

function isFieldValidation(text: string): text is FieldValidation {
  return text === "Ignore" || text === "Strict" || text === "Warn";
}

/** Returns the 422 about an options object that kube-apiserver would answer. */
export function invalidOptions(kind: string, faults: readonly FieldError[]): Error {
  return invalidObject({ group: "meta.k8s.io", kind }, "", faults);
}

function forbiddenOption(field: string, problem: string): FieldError {
  return plainFault("FieldValueForbidden", field, problem);
}

/** Reads a flag as Kubernetes does: present means true, unless it says "false" or "0". */
function parseFlag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  return text !== "false" && text !== "0";
}

function parseInteger(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  if (!/^[+-]?\d{1,15}$/.test(text)) {
    throw badRequest(`strconv.ParseInt: parsing ${quoteGoString(text)}: invalid syntax`);
  }
  return Number(text);
}
