import { ChartError } from "../../helm/chart/chart-error.ts";
import { parseDuration } from "../../helm/functions/dates/duration-text.ts";
import { GoPanic } from "../../helm/template/go-value.ts";
import { quoteString } from "../../helm/template/quote-string.ts";
import { type CommandInput, listOption, switchOption, textOption, UsageError } from "../command.ts";

const systemLabels = ["name", "owner", "status", "version", "createdAt", "modifiedAt"];
const waits = new Set(["watcher", "hookOnly", "legacy", "true", "false"]);

/** Throws for values of flags that Helm does not take, `ChartError` with its words; the flags themselves change nothing. */
export function checkTemplateFlags(input: CommandInput): void {
  const wait = textOption(input, "wait");
  if (wait !== undefined && !waits.has(wait)) {
    const words = `invalid wait input ${quoteString(wait)}. Valid inputs are watcher, hookOnly, and legacy`;
    throw new ChartError("values", `invalid argument ${quoteString(wait)} for "--wait" flag: ${words}`);
  }
  checkTimeout(textOption(input, "timeout"));
  checkLabels(input);
  if (switchOption(input, "force-replace") && switchOption(input, "force-conflicts")) {
    throw new ChartError(
      "values",
      "if any flags in the group [force-replace force-conflicts] are set none of the others can be; [force-conflicts force-replace] were all set",
    );
  }
  checkDryRun(textOption(input, "dry-run"));
}

function checkTimeout(text: string | undefined): void {
  if (text === undefined) return;
  try {
    parseDuration(text);
  } catch (error) {
    if (!(error instanceof GoPanic)) throw error;
    throw new ChartError(
      "values",
      `invalid argument ${quoteString(text)} for "--timeout" flag: ${error.message}`,
      error,
    );
  }
}

function checkLabels(input: CommandInput): void {
  const keys: string[] = [];
  for (const text of listOption(input, "labels")) {
    // With one `=` all behind it is the value, commas too (pflag: `stringToString`).
    for (const label of text.split("=").length > 2 ? text.split(",") : [text]) {
      if (!label.includes("=")) {
        const problem = `${label} must be formatted as key=value`;
        throw new ChartError("values", `invalid argument ${quoteString(text)} for "-l, --labels" flag: ${problem}`);
      }
      keys.push(label.replace(/=.*$/su, ""));
    }
  }
  if (!keys.some((key) => systemLabels.includes(key))) return;
  const list = `System labels: [${systemLabels.join(" ")}]`;
  throw new ChartError("values", `user supplied labels contains system reserved label name. ${list}`);
}

function checkDryRun(value: string | undefined): void {
  if (value === undefined || value === "client" || value === "unset" || /^(?:1|t|T|true|True|TRUE)$/u.test(value))
    return;
  if (value === "server") {
    throw new UsageError("--dry-run=server is refused: this command talks to no cluster");
  }
  const isOff = /^(?:none|0|f|F|false|False|FALSE)$/u.test(value);
  const words = isOff ? 'Must be "server" or "client"' : 'Must be "none", "server", or "client"';
  throw new ChartError("values", `invalid dry-run value (${quoteString(value)}). ${words}`);
}
