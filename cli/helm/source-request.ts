import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ChartError } from "../../helm/chart/chart-error.ts";
import type { SourceAccess } from "../../helm/chart/source/source-access.ts";
import { proxyOf } from "../chart-source.ts";
import { type CommandContext, type CommandInput, switchOption, textOption } from "../command.ts";

/** Where a chart is to be looked for, and how. */
export interface SourceRequest {
  readonly repo: string;
  readonly version: string;
  readonly access: SourceAccess;
}

/** Returns what the flags of `sourceFlags` ask for. Throws `ChartError` for files that cannot be read. */
export function readSourceRequest(input: CommandInput, context: CommandContext): SourceRequest {
  const read = (name: string): string | undefined => {
    const path = textOption(input, name);
    return path === undefined || path === "" ? undefined : readText(path, context.cwd);
  };
  const [caBundle, cert, key] = [read("ca-file"), read("cert-file"), read("key-file")];
  if ((cert === undefined) !== (key === undefined)) {
    throw new ChartError("load", "--cert-file and --key-file belong together: give both");
  }
  const [username = "", password = ""] = [textOption(input, "username"), textOption(input, "password")];
  const asked = textOption(input, "version")?.trim() ?? "";
  return {
    repo: textOption(input, "repo") ?? "",
    version: asked === "" && switchOption(input, "devel") ? ">0.0.0-0" : asked,
    access: {
      ...(username === "" && password === "" ? {} : { credential: { username, password } }),
      ...(caBundle === undefined ? {} : { caBundle }),
      ...(cert === undefined || key === undefined ? {} : { clientCertificate: { cert, key } }),
      insecureSkipTLS: switchOption(input, "insecure-skip-tls-verify"),
      passCredentials: switchOption(input, "pass-credentials"),
      plainHttp: switchOption(input, "plain-http"),
      proxy: proxyOf(context.env),
    },
  };
}

function readText(path: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, path), "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ChartError("load", `${path} cannot be read: ${reason}`, error);
  }
}
