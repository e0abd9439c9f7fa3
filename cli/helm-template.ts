// Program of `drover helm template` alone, which is called where a `helm` process was: the command line without the rest.
import { AppError } from "../shared/errors.ts";
import { helmTemplate } from "./commands/helm-template.ts";
import { processContext } from "./process-context.ts";
import { runCommand } from "./run-command.ts";

const context = processContext(async () => {
  throw new AppError("INTERNAL", "drover helm template asks no hub");
});
void runCommand(helmTemplate, process.argv.slice(4), context).then((code) => {
  process.exitCode = code;
  // Nothing is left to do: without this, V8 takes its heap apart first, a tenth of the time of a call.
  if (context.isWritten()) process.exit();
  return code;
});
