/** What Helm was doing when a chart failed: reading it, working out its values, or rendering its templates. */
export type ChartStage = "load" | "values" | "render";

/** A chart that cannot be read or rendered. The message is worded as Helm's where Helm has one. */
export class ChartError extends Error {
  readonly stage: ChartStage;

  constructor(stage: ChartStage, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ChartError";
    this.stage = stage;
  }
}
