import type { JsonObject } from "../../codec/json-value.ts";
import { AppError } from "../../shared/errors.ts";
import type { CommandContext, CommandInput, ExitCode } from "../command.ts";
import { fleetPath, type HubClient } from "../hub-client.ts";
import { inWorkspaces, listAll } from "./fleet-objects.ts";
import type { MigrationObjects } from "./migration-state-of.ts";
import type { PlannedStep } from "./plan-migration.ts";

/** What every step works with. */
export interface StepContext {
  readonly input: CommandInput;
  readonly context: CommandContext;
  /** Fleet's management cluster. */
  readonly fleet: HubClient;
  /** Workspaces that are migrated; empty: all. */
  readonly workspaces: readonly string[];
  readonly dryRun: boolean;
  readonly timeoutMs: number;
}

/** One step of `drover import fleet`. */
export type ImportStep = (step: StepContext) => Promise<ExitCode>;

/** Returns Fleet's objects that the order of steps depends on. Clusters of other workspaces may have deployments of these. */
export async function readMigrationObjects({ fleet, workspaces }: StepContext): Promise<MigrationObjects> {
  const [gitRepos, clusters, bundleDeployments] = await Promise.all(
    ["gitrepos", "clusters", "bundledeployments"].map(async (plural) => listAll(fleet, fleetPath(plural, ""))),
  );
  return {
    gitRepos: inWorkspaces(gitRepos ?? [], workspaces),
    clusters: clusters ?? [],
    bundleDeployments: bundleDeployments ?? [],
  };
}

const shownLines = 20;

/** Returns the error of a step that must not go on: what is missing, and the command that mends it. */
export function incomplete(about: string, { missing, command }: Pick<PlannedStep, "missing" | "command">): AppError {
  const more = missing.length > shownLines ? [`… and ${missing.length - shownLines} more`] : [];
  const lines = [...missing.slice(0, shownLines), ...more].map((line) => `\n  ${line}`).join("");
  return new AppError("IMPORT_INCOMPLETE", `${about}:${lines}\ncall \`${command}\` first`, { verdict: "stalled" });
}

/** Merges fields into an object. */
export async function mergePatch(client: HubClient, path: string, body: JsonObject): Promise<void> {
  await client.call({ method: "PATCH", path, contentType: "application/merge-patch+json", body });
}
