import type { CommandOption } from "../command.ts";
import type { RefusedFlag } from "./refused-flags.ts";

const text = { type: "string" } as const;

/** The flags that say where a chart is and how its server is spoken to, as Helm has them. */
export const sourceFlags = {
  repo: { ...text, value: "URL", description: "Chart repository that holds the chart." },
  version: {
    ...text,
    value: "RANGE",
    description: "Version, or range such as ^2.0.0. Default: the newest stable one.",
  },
  devel: { type: "boolean", description: "Pre-releases count too: the same as --version '>0.0.0-0'." },
  username: { ...text, value: "NAME", description: "User at the repository or registry." },
  password: { ...text, value: "WORD", description: "Password at the repository or registry." },
  "pass-credentials": {
    type: "boolean",
    description: "Send user and password also to other servers that the repository's index names.",
  },
  "ca-file": { ...text, value: "FILE", description: "Certificates (PEM) trusted besides the system's." },
  "cert-file": { ...text, value: "FILE", description: "Certificate (PEM) shown to the server." },
  "key-file": { ...text, value: "FILE", description: "Key (PEM) of that certificate." },
  "insecure-skip-tls-verify": { type: "boolean", description: "Do not check the server's certificate." },
  "plain-http": { type: "boolean", description: "Speak HTTP to a registry." },
} as const satisfies Record<string, CommandOption>;

const unsigned = "signatures of charts are not checked; registries and indexes are held to their SHA-256 digests";

/** Flags about signatures, which are refused. */
export const refusedSigning: Readonly<Record<string, RefusedFlag>> = {
  keyring: { type: "string", reason: unsigned },
  verify: { type: "boolean", reason: unsigned },
};
