import { ApiError } from "../../apiserver/resources/api-error.ts";
import type { ApiObject } from "../../apiserver/resources/api-object.ts";
import { stableHash } from "../../codec/stable-hash.ts";
import { chartIntervalAnnotation } from "../../shared/api/annotations.ts";
import type { GitRepo } from "../../shared/api/git-repo.ts";
import { parseDuration } from "../../shared/duration.ts";
import { AppError } from "../../shared/errors.ts";
import type { ChartSecrets } from "../build/chart-access.ts";
import type { ObjectTable } from "../store/object-table.ts";

/** Returns the Secrets that a GitRepo names for charts. */
export async function readChartSecrets(objects: ObjectTable, gitRepo: GitRepo): Promise<ChartSecrets> {
  const { helmSecretName = "", helmSecretNameForPaths = "" } = gitRepo.spec;
  const namespace = gitRepo.metadata.namespace ?? "";
  const read = async (name: string): Promise<ApiObject | undefined> => {
    if (name === "") return undefined;
    try {
      return await objects.get({ resource: "/secrets", namespace, name });
    } catch (error) {
      if (error instanceof ApiError && error.reason === "NotFound") return undefined;
      throw error;
    }
  };
  return { forAll: await read(helmSecretName), forPaths: await read(helmSecretNameForPaths) };
}

/** Returns a hash of what Secrets hold, equal while nothing of it changes. */
export function chartSecretsHash({ forAll, forPaths }: ChartSecrets): string {
  return stableHash([forAll, forPaths].map((secret) => [secret?.["data"] ?? {}, secret?.["stringData"] ?? {}]));
}

/** Returns the milliseconds of a GitRepo's own interval for charts, undefined where it names none. Throws DURATION_INVALID. */
export function chartIntervalOf(gitRepo: GitRepo): number | undefined {
  const text = gitRepo.metadata.annotations?.[chartIntervalAnnotation];
  if (text === undefined || text === "") return undefined;
  const shown = `annotation ${chartIntervalAnnotation}`;
  const intervalMs = parseInterval(text, shown);
  if (intervalMs >= 0) return intervalMs === 0 ? 0 : Math.max(1000, intervalMs);
  throw new AppError("DURATION_INVALID", `${shown}: "${text}" is negative`, { verdict: "stalled" });
}

function parseInterval(text: string, shown: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, `${shown}: ${error.message}`, { verdict: "stalled", cause: error });
  }
}
