import { schedule, validate } from "node-cron";
import type { Clock } from "../../shared/clock.ts";
import { contentAnnotation } from "../../shared/api/annotations.ts";
import { toAppError } from "../../shared/errors.ts";
import type { Logger } from "../../shared/log.ts";
import { bundleContentSchema } from "../build/bundle-content.ts";
import { bundleResource } from "../desired/hub.ts";
import type { BlobTable } from "../store/blob-table.ts";
import type { Database } from "../store/database.ts";
import type { ObjectTable } from "../store/object-table.ts";
import type { ReportTable } from "../store/report-table.ts";

/** What maintenance works with. */
export interface MaintainStoreDeps {
  readonly db: Database;
  readonly objects: ObjectTable;
  readonly blobs: BlobTable;
  readonly reports: ReportTable;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Blobs younger than this stay: whoever stored them may be about to refer to them. */
const youngMs = 24 * 60 * 60 * 1000;

/** Five fields of digits, `*`, `/`, `,` and `-`: all that a schedule needs, and nothing that a parser could choke on. */
const cronPattern = /^[\d*/,-]{1,40}( [\d*/,-]{1,40}){4}$/u;

/** Returns whether a text is a schedule that `maintainStore` takes. */
export function isSchedule(text: string): boolean {
  return cronPattern.test(text) && validate(text);
}

/** Removes contents and reports that nothing refers to any more; returns how many. */
export async function sweepStore({
  db,
  objects,
  blobs,
  reports,
  clock,
}: Omit<MaintainStoreDeps, "log">): Promise<{ readonly blobs: number; readonly reports: number }> {
  const { items } = await objects.list({ resource: bundleResource });
  const used = new Set(
    items.flatMap(({ metadata }) => {
      const text = metadata.annotations?.[contentAnnotation];
      if (text === undefined) return [];
      const { files, kustomize } = bundleContentSchema.parse(JSON.parse(text));
      return [files, ...Object.values(kustomize)];
    }),
  );
  const removed = await db.transaction((sql) => blobs.sweep(sql, used, clock.now() - youngMs));
  return { blobs: removed, reports: await reports.sweep() };
}

/** Sweeps the store by a cron schedule; disposing ends it. */
export function maintainStore(deps: MaintainStoreDeps, cron: string): AsyncDisposable {
  const task = schedule(cron, async () => {
    try {
      deps.log.info(await sweepStore(deps), "store swept");
    } catch (error) {
      deps.log.error({ err: toAppError(error) }, "store not swept");
    }
  });
  return {
    [Symbol.asyncDispose]: async () => {
      await task.destroy();
    },
  };
}
