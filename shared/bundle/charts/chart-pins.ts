import * as z from "zod";
import { isFixed, parseChartAddress } from "../../../helm/chart/source/chart-address.ts";
import { type ChartRef, chartPrefix } from "../chart-sources.ts";

/** Schema of what a wish for a chart came to, kept with the state of its GitRepo. */
export const chartPinSchema = z.object({
  chart: z.string(),
  repo: z.string(),
  /** Version or range that was asked for. */
  version: z.string(),
  resolved: z.string(),
  url: z.string(),
  /** `sha256:…` of the archive. */
  digest: z.string(),
  /** When the server was last asked what the wish comes to. */
  checkedAt: z.string(),
});

/** What a wish for a chart came to, and when. */
export type ChartPin = Readonly<z.infer<typeof chartPinSchema>>;

/** What charts came to in an earlier build of the same commit, and for how long that holds. */
export interface ChartPins {
  /** Returns what a wish came to as long as it is not to be asked again. */
  find(ref: ChartRef): ChartPin | undefined;
  /** Returns what a wish came to, however long ago. */
  last(ref: ChartRef): ChartPin | undefined;
  /** Returns the milliseconds until a pin is to be asked again, 0 when it is; undefined when it never is. */
  dueInMs(pin: ChartRef & Pick<ChartPin, "checkedAt">): number | undefined;
}

/** What pins are made from. */
export interface ChartPinOptions {
  readonly pins: readonly ChartPin[];
  /** Milliseconds after which a range is asked again; 0: never. */
  readonly intervalMs: number;
  readonly nowMs: number;
}

/** Returns the pins of an earlier build. What is fixed is asked for once. */
export function createChartPins({ pins, intervalMs, nowMs }: ChartPinOptions): ChartPins {
  const known = new Map(pins.map((pin) => [chartPrefix(pin), pin] as const));
  const dueInMs: ChartPins["dueInMs"] = (pin) => {
    if (intervalMs === 0 || isFixed(parseChartAddress(pin), pin.version)) return undefined;
    return Math.max(0, Date.parse(pin.checkedAt) + intervalMs - nowMs);
  };
  return {
    dueInMs,
    last: (ref) => known.get(chartPrefix(ref)),
    find: (ref) => {
      const pin = known.get(chartPrefix(ref));
      return pin === undefined || dueInMs(pin) === 0 ? undefined : pin;
    },
  };
}
