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
  return code;
});
