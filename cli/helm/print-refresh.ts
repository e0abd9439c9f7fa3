import type { ChartDependency } from "../../helm/chart/chart-metadata.ts";
import { isRemote, type PackedChart, wishOf } from "../../helm/chart/dependencies/resolve-dependencies.ts";
import { ChartMissingError, ChartSourceError } from "../../helm/chart/source/chart-source-error.ts";
import type { ChartWish } from "../../helm/chart/source/fetch-chart.ts";
import { quoteString } from "../../helm/template/quote-string.ts";
import { isSameRepository, type KnownRepository } from "./helm-repositories.ts";

/** What was asked of chart repositories. */
export interface Refresh {
  readonly wanted: readonly ChartDependency[];
  /** Returns what a wish came to; throws why it came to nothing. */
  readonly fetched: (wish: ChartWish) => PackedChart;
  readonly repositories: readonly KnownRepository[];
  /** False: versions were locked, and Helm says nothing of repositories that it does not know. */
  readonly isUpdate: boolean;
  readonly print: (line: string) => void;
}

/** Prints which repositories answered, in the words of Helm; of those that it knows only the ones that were asked. */
export function printRefresh({ wanted, fetched, repositories, isUpdate, print }: Refresh): void {
  const asked = new Map<string, string>();
  for (const entry of wanted) {
    if (!isRemote(entry) || entry.repository.startsWith("oci://")) continue;
    const known = asked.get(entry.repository) ?? "";
    asked.set(entry.repository, known === "" ? problemOf(entry, fetched) : known);
  }
  const known: string[] = [];
  const others: string[] = [];
  for (const [url, problem] of asked) {
    const repository = repositories.find((one) => isSameRepository(one.url, url));
    const name = quoteString(repository?.name ?? url);
    const place = repository === undefined ? "" : ` (${url})`;
    const line =
      problem === ""
        ? `...Successfully got an update from the ${name} chart repository`
        : `...Unable to get an update from the ${name} chart repository${place}:\n\t${problem}`;
    (repository === undefined ? others : known).push(line);
  }
  if (isUpdate && others.length > 0) {
    for (const line of ["Getting updates for unmanaged Helm repositories...", ...others]) print(line);
  }
  if (known.length === 0) return;
  const [first, last] = [
    "Hang tight while we grab the latest from your chart repositories...",
    "Update Complete. ⎈Happy Helming!⎈",
  ];
  for (const line of [first, ...known, last]) print(line);
}

/** "" when the repository's index was read, whatever it held. */
function problemOf(entry: ChartDependency, fetched: Refresh["fetched"]): string {
  try {
    fetched(wishOf(entry));
    return "";
  } catch (error) {
    if (error instanceof ChartMissingError) return "";
    if (error instanceof ChartSourceError) return error.message;
    throw error;
  }
}
