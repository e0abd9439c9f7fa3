import type { KubeAnswer } from "../../kube/kube-request.ts";

/** What of an answer must be the same: code, media type, warnings and body. */
export interface ComparableAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly warning: unknown;
  readonly body: unknown;
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const age = /^\d+[smh]$|^<invalid>$/;

/** Returns an answer with what no two servers have in common – uids, versions, times – replaced by words. */
export function normalizeAnswer(
  { status, json, text, headers }: KubeAnswer,
  ignore: readonly string[],
): ComparableAnswer {
  const body = json ?? text;
  return {
    status,
    contentType: String(headers["content-type"] ?? ""),
    warning: headers["warning"],
    body: normalize(body, { path: "", ignore }),
  };
}

/** Returns the events of a watch's answer; a bookmark that says nothing but that the time is over is left out. */
export function readEvents({ text }: KubeAnswer): readonly unknown[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line))
    .filter((event) => !isPlainBookmark(event))
    .map((event) => normalize(event, { path: "", ignore: [] }));
}

function isPlainBookmark(event: unknown): boolean {
  const text = JSON.stringify(event);
  return text.startsWith('{"type":"BOOKMARK"') && !text.includes("initial-events-end");
}

interface Place {
  readonly path: string;
  readonly ignore: readonly string[];
}

function normalize(value: unknown, place: Place): unknown {
  if (typeof value === "string") return normalizeText(value, place.path);
  if (Array.isArray(value)) {
    const items = value.map((item) => normalize(item, { ...place, path: `${place.path}[]` }));
    // Go walks the managers in conflict in no order.
    return place.path === "details.causes" ? items.toSorted(byText) : items;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, field]): [string, unknown] => {
        const path = place.path === "" ? name : `${place.path}.${name}`;
        return [name, place.ignore.includes(path) ? undefined : normalize(field, { ...place, path })];
      })
      .filter(([, field]) => field !== undefined)
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

function byText(left: unknown, right: unknown): number {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
}

function normalizeText(text: string, path: string): string {
  if (path.endsWith("resourceVersion")) return "(version)";
  if (path.endsWith("continue")) return text === "" ? "" : "(token)";
  if (path.endsWith("cells[]") && age.test(text)) return "(age)";
  return text
    .replaceAll(uuid, "(uid)")
    .replaceAll(time, "(time)")
    .replaceAll(/too old resource version: \d+ \(\d+\)/g, "too old resource version: (version)")
    .replaceAll(
      /Too large resource version: (\d+), current: \d+/g,
      "Too large resource version: $1, current: (version)",
    )
    .replaceAll(/in record \(\d+\)/g, "in record (version)");
}
