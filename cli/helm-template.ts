// Program of `drover helm template` alone, which is called where a `helm` process was: the command line without the rest.
import { AppError } from "../shared/errors.ts";
import { helmTemplate } from "./commands/helm-template.ts";
import { processContext } from "./process-context.ts";
import { runCommand } from "./run-command.ts";

declare const optimizeLate: () => void;

/** Loading `node:v8` takes 2 ms, which more templates than these save. */
const manyBytes = 12 * 1024;

const context = {
  ...processContext(async () => {
    throw new AppError("INTERNAL", "drover helm template asks no hub");
  }),
  expectTemplates: (bytes: number) => {
    if (bytes > manyBytes) optimizeLate();
  },
};
void runCommand(helmTemplate, process.argv.slice(4), context).then((code) => {
  process.exitCode = code;
  // Nothing is left to do: without this, V8 takes its heap apart first, a tenth of the time of a call.
  if (context.isWritten()) process.exit();
  return code;
});
