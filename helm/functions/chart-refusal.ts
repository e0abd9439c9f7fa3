import { GoPanic } from "../template/go-value.ts";

const start = "HELM_ERR_START";
const end = "HELM_ERR_END";

/** What `fail` and `required` throw: the chart's own words, marked as Helm marks them inside longer messages. */
export class ChartRefusal extends GoPanic {
  constructor(words: string) {
    super(start + words + end);
  }
}

/** Returns the chart's own words in an error message, or `undefined` when the chart did not refuse. */
export function refusalWords(message: string): string | undefined {
  const from = message.indexOf(start);
  const to = message.lastIndexOf(end);
  return from < 0 || to < from ? undefined : message.slice(from + start.length, to);
}

/** Returns an error message without the marks about a chart's own words. */
export function withoutMarks(message: string): string {
  return message.replaceAll(start, "").replaceAll(end, "");
}
