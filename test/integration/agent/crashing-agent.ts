import { readFileSync } from "node:fs";
import { compose } from "../../../agent/compose.ts";
import { agentConfigSchema } from "../../../agent/config.ts";
import { kubeconfigConnection } from "../../../agent/kube/kubeconfig.ts";
import { silentLogger } from "../../../shared/log.ts";

/** Program of an agent that ends itself with SIGKILL at a step: `crashing-agent.ts <config JSON> <step> <object pattern>`. */
const [, , configText = "{}", step = "", pattern = ""] = process.argv;
const config = agentConfigSchema.parse(JSON.parse(configText));
await using agent = compose({
  config,
  connection: kubeconfigConnection({ path: config.kubeconfig ?? "" }, readFileSync),
  env: {},
  version: "0.0.0-test",
  log: silentLogger,
  onStep: (reached, about) => {
    if (reached === step && new RegExp(pattern, "u").test(about)) process.kill(process.pid, "SIGKILL");
  },
});
await agent.start();
