import { CodecError } from "../../../codec/codec-error.ts";
import { isJsonObject, type JsonValue } from "../../../codec/json-value.ts";
import { FieldReader, FieldTypeError } from "../read-fields.ts";
import { readYaml } from "../read-yaml.ts";
import { ChartMissingError, ChartSourceError } from "./chart-source-error.ts";
import { chooseVersion } from "./choose-version.ts";
import { indexSection } from "./index-section.ts";

/** One version of a chart in an index. */
export interface IndexEntry {
  readonly version: string;
  /** Address of the archive as the index has it, perhaps relative; "" when it has none. */
  readonly url: string;
  /** SHA-256 of the archive in hexadecimal; "" when the index has none. */
  readonly digest: string;
}

/** Returns the address of a file of a repository, whose query is kept (Helm: `ResolveReferenceURL`). */
export function resolveInRepository(repository: URL, reference: string): string {
  if (URL.canParse(reference)) return reference;
  const base = new URL(repository);
  base.pathname = `${base.pathname.replace(/\/$/u, "")}/`;
  if (!URL.canParse(reference, base.href)) {
    throw new ChartSourceError("refused", `the index of ${repository.host} names an address that is none`);
  }
  const resolved = new URL(reference, base);
  resolved.search = base.search;
  return resolved.href;
}

/**
 * Returns the versions of a chart in an index.yaml that was found at `place`, undefined when it does not have the chart.
 * Throws `ChartSourceError` when it is none.
 */
export function listVersions(text: string, chart: string, place: string): IndexEntry[] | undefined {
  const section = indexSection(text, chart);
  const short = section === undefined ? undefined : tryVersions(section, chart, place);
  return short ?? versionsIn(text, chart, place);
}

/** What cannot be read as a part is read as a whole, and then complained of. */
function tryVersions(section: string, chart: string, place: string): IndexEntry[] | undefined {
  try {
    return versionsIn(section, chart, place);
  } catch (error) {
    if (error instanceof ChartSourceError) return undefined;
    throw error;
  }
}

function versionsIn(text: string, chart: string, place: string): IndexEntry[] | undefined {
  const index = reading(place, () => new FieldReader("repo.IndexFile", readYaml(text)));
  if (index.object["apiVersion"] === undefined) {
    throw new ChartSourceError("refused", `${place}: its index.yaml has no apiVersion: is it a chart repository?`);
  }
  const { entries } = index.object;
  const listed = isJsonObject(entries) && Object.hasOwn(entries, chart) ? (entries[chart] ?? undefined) : undefined;
  return listed === undefined ? undefined : reading(place, () => entriesOf(listed));
}

/**
 * Returns the version of a chart that is meant (see `chooseVersion`), its address resolved, from the text of the index of a
 * repository. Throws `ChartSourceError`.
 */
export function chooseEntry(
  text: string,
  wish: { readonly chart: string; readonly version: string },
  repository: URL,
): IndexEntry {
  const { chart, version } = wish;
  const place = `${repository.origin}${repository.pathname}`;
  const found = listVersions(text, chart, place);
  if (found === undefined) throw new ChartMissingError("chart", `${place} has no chart ${chart}`);
  const chosen = chooseVersion(
    found.map((entry) => entry.version),
    version,
  );
  const entry = found.find((candidate) => candidate.version === chosen);
  if (entry === undefined) {
    const wanted = version === "" ? "in a stable version" : `in a version that satisfies "${version}"`;
    throw new ChartMissingError("version", `${place} does not have the chart ${chart} ${wanted}`);
  }
  if (entry.url === "") throw new ChartSourceError("not-found", `${place} has no address of ${chart} ${entry.version}`);
  return { ...entry, url: resolveInRepository(repository, entry.url) };
}

function entriesOf(listed: JsonValue): IndexEntry[] {
  if (!Array.isArray(listed)) throw new FieldTypeError("json: cannot unmarshal object into ChartVersions");
  return listed.flatMap((item: JsonValue) => {
    if (item === null) return [];
    const fields = new FieldReader("repo.ChartVersion", item);
    const digest = fields.text("digest").replace(/^sha256:/u, "");
    return [{ version: fields.text("version"), url: fields.texts("urls")[0] ?? "", digest }];
  });
}

function reading<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CodecError) && !(error instanceof FieldTypeError)) throw error;
    throw new ChartSourceError("refused", `${place}: its index.yaml cannot be read: ${error.message}`, error);
  }
}
