import { printGoYaml } from "../../codec/print-go-yaml.ts";
import type { Command } from "../command.ts";
import { agentManifest } from "../install/agent-manifest.ts";
import { readAgentSettings } from "../install/read-agent-settings.ts";

/** `drover agent install`: prints, changes nothing. */
export const installAgent: Command = {
  name: "agent install",
  summary: "Print the manifest that installs an agent in its cluster, for `kubectl apply -f -`",
  usage: "--hub URL --token WORD",
  examples: [
    "drover agent install --hub https://hub.example:7443 --ca-pin PIN --token WORD --cluster-name prod-us --label env=prod | kubectl apply -f -",
    "drover agent install --hub https://hub.example:7443 --ca-file ca.pem --token WORD --roles wide --image registry.example/drover-agent:0.1.0",
    "drover agent install --hub https://hub.example:7443 --ca-pin PIN --for-git --image registry.example/drover-agent:0.2.0 > drover-agent/agent.yaml",
  ],
  options: {
    hub: { type: "string", value: "URL", description: "Address of the hub as the cluster reaches it." },
    token: { type: "string", value: "WORD", description: "Registration token, from `drover register-token create`." },
    "ca-pin": { type: "string", value: "PIN", description: "SHA-256 of the hub's CA certificate." },
    "ca-file": {
      type: "string",
      value: "FILE",
      description: "PEM file with the hub's CA, instead of a pin; with neither the image's own CAs decide.",
    },
    "cluster-name": { type: "string", value: "NAME", description: "Name of the cluster. Default: the hub makes one." },
    label: {
      type: "string",
      multiple: true,
      value: "KEY=VALUE",
      description: "Label of the cluster; may be repeated.",
    },
    namespace: {
      type: "string",
      short: "n",
      value: "NAME",
      description: "Namespace of the agent. Default drover-system.",
    },
    image: { type: "string", value: "REF", description: "Image of the agent. Default drover-agent:VERSION." },
    roles: {
      type: "string",
      value: "WORD",
      description: "What the agent may do: narrow, the kinds of ordinary applications (default), or wide, everything.",
    },
    replicas: {
      type: "string",
      value: "NUMBER",
      description: "Agents, of which one works and the others wait to take over. Default 2.",
    },
    answers: {
      type: "string",
      value: "LIST",
      description:
        "Which questions of the hub's users the agent answers: diff, events, inventory, logs, object, plan, with commas, or none. Default: all but logs.",
    },
    "hide-logs": {
      type: "boolean",
      description:
        "Tell nothing that containers logged, not even a crash's last line; without --answers logs the right for pods/log is left out.",
    },
    "for-git": {
      type: "boolean",
      description:
        "Print what an installed agent may update itself, as a bundle: without the Secret, so without --token, and with narrow roles without these.",
    },
    proxy: { type: "string", value: "URL", description: "Proxy between the agent and the hub." },
    "no-proxy": { type: "string", value: "LIST", description: "Hosts that are reached without the proxy." },
  },
  run: async (input, context) => {
    const objects = agentManifest(readAgentSettings(input, context.cwd));
    context.print(objects.map((object) => printGoYaml(object).trimEnd()).join("\n---\n"));
    return 0;
  },
};
