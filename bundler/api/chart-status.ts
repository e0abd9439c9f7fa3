import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { CodecError } from "../../codec/codec-error.ts";
import { isJsonObject, type JsonObject } from "../../codec/json-value.ts";
import { parseJson } from "../../codec/parse-json.ts";
import { chartsAnnotation } from "../../shared/api/annotations.ts";
import type { GitState } from "../store/git-state-table.ts";

/**
 * Returns `charts` for the status of a Bundle: what each chart that was fetched into it came to, and when its server was last
 * asked; nothing for a Bundle without such charts.
 */
export function chartStatus(object: ApiObject, state: Pick<GitState, "charts">): JsonObject {
  const noted = readNotes(object.metadata.annotations?.[chartsAnnotation]);
  if (noted.length === 0) return {};
  const charts = noted.map((note): JsonObject => {
    const pin = state.charts?.find(
      ({ chart, repo, version }) => chart === note["chart"] && repo === note["repo"] && version === note["version"],
    );
    const shown = Object.entries(note).filter(([, value]) => value !== "");
    return { ...Object.fromEntries(shown), ...(pin === undefined ? {} : { checkedAt: pin.checkedAt }) };
  });
  return { charts };
}

/** A Bundle that somebody made by hand may say anything there. */
function readNotes(text: string | undefined): JsonObject[] {
  if (text === undefined) return [];
  try {
    const value = parseJson(text);
    return Array.isArray(value) ? value.filter(isJsonObject) : [];
  } catch (error) {
    if (error instanceof CodecError) return [];
    throw error;
  }
}
