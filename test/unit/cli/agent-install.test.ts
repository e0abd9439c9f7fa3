import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { runCli } from "../../../cli/main.ts";
import { parseYaml } from "../../../codec/parse-yaml.ts";
import { createCertificateAuthority } from "../../../shared/runtime/certificates.ts";
import { createTestContext } from "../../support/cli-context.ts";
import { createTempDir } from "../../support/temp-dir.ts";

const object = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });
const base = ["--hub", "https://hub.example:7443", "--token", "word"];

async function install(words: readonly string[], files: Readonly<Record<string, string>> = {}) {
  await using folder = await createTempDir("install");
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
  const { context, output, errors } = createTestContext({ cwd: folder.path });
  const code = await runCli(["agent", "install", ...words], context);
  const objects = code === 0 ? parseYaml(output()).map(({ value }) => object.parse(value)) : [];
  return { code, objects, output: output(), errors: errors() };
}

describe("drover agent install", () => {
  it("prints everything that an agent needs, the namespace first", async () => {
    const { objects } = await install(base);
    expect(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([
      "Namespace/drover-system",
      "ServiceAccount/drover-agent",
      "Role/drover-agent",
      "RoleBinding/drover-agent",
      "ClusterRole/drover-system-agent",
      "ClusterRoleBinding/drover-system-agent",
      "Secret/drover-agent-hub",
      "NetworkPolicy/drover-agent",
      "PodDisruptionBudget/drover-agent",
      "Deployment/drover-agent",
    ]);
  });

  it("binds to cluster-admin only when asked for wide roles", async () => {
    expect((await install(base)).output).not.toContain("cluster-admin");
    const { objects } = await install([...base, "--roles", "wide"]);
    const binding = objects.find(({ kind }) => kind === "ClusterRoleBinding");
    expect(binding).toMatchObject({ roleRef: { kind: "ClusterRole", name: "cluster-admin" } });
    expect(objects.some(({ kind }) => kind === "ClusterRole")).toBe(false);
  });

  it("turns kinds of questions on and off, and gives the right to logs only where they are told", async () => {
    expect((await install(base)).output).not.toContain("AGENT_ANSWER");
    const chosen = await install([...base, "--answers", "inventory,logs", "--hide-logs"]);
    for (const kind of ["DIFF", "EVENTS", "OBJECT", "PLAN"])
      expect(chosen.output).toMatch(new RegExp(`AGENT_ANSWER_${kind}\\n\\s+value: "false"`, "u"));
    expect(chosen.output).toMatch(/AGENT_ANSWER_LOGS\n\s+value: "true"/u);
    expect(chosen.output).not.toContain("AGENT_ANSWER_INVENTORY");
    expect(chosen.output).toContain("pods/log");
    const silent = await install([...base, "--answers", "none", "--hide-logs"]);
    expect(silent.output).not.toContain("pods/log");
    expect(silent.output).toMatch(/AGENT_SHOW_LOGS\n\s+value: "false"/u);
    expect(await install([...base, "--answers", "weather"])).toMatchObject({ code: 2 });
  });

  it("needs no disruption budget for one agent", async () => {
    const { objects } = await install([...base, "--replicas", "1"]);
    expect(objects.some(({ kind }) => kind === "PodDisruptionBudget")).toBe(false);
    expect(objects.at(-1)).toMatchObject({ spec: { replicas: 1 } });
  });

  it("opens the network to the hub's port, or to the proxy's", async () => {
    const direct = await install(base);
    expect(direct.output).toContain("port: 7443");
    const behind = await install([...base, "--proxy", "http://proxy.example:3128", "--no-proxy", "10.0.0.0/8"]);
    expect(behind.output).toContain("port: 3128");
    expect(behind.output).not.toContain("port: 7443");
    expect(behind.output).toMatch(/name: HTTPS_PROXY\n\s+value: http:\/\/proxy\.example:3128/u);
  });

  it("takes the certificates of a CA's file, and never a key beside them", async () => {
    const authority = await createCertificateAuthority("ca", { nowMs: Date.now(), validMs: 3_600_000 });
    const { objects, output } = await install([...base, "--ca-file", "ca.pem"], {
      "ca.pem": `${authority.key}\n${authority.cert}\n`,
    });
    const secret = objects.find(({ kind }) => kind === "Secret");
    expect(secret).toMatchObject({ stringData: { "ca.crt": `${authority.cert.trim()}\n`, token: "word" } });
    expect(output).not.toContain("PRIVATE KEY");
  });

  const cases = [
    { words: [], says: "--hub is missing" },
    { words: ["--hub", "https://hub.example"], says: "--token is missing" },
    { words: ["--hub", "hub.example", "--token", "w"], says: "--hub hub.example is no http(s) address" },
    { words: [...base, "--ca-pin", "abc"], says: "--ca-pin must be a SHA-256" },
    { words: [...base, "--ca-pin", "0".repeat(64), "--ca-file", "f"], says: "exclude each other" },
    { words: ["--hub", "http://h", "--token", "w", "--ca-pin", "0".repeat(64)], says: "without TLS there is no CA" },
    { words: [...base, "--label", "tier"], says: "tier is no label" },
    { words: [...base, "--label", "a=b,c"], says: "a=b,c is no label" },
    { words: [...base, "--cluster-name", "Prod"], says: "--cluster-name Prod is no name" },
    { words: [...base, "--namespace", "a.b"], says: "--namespace a.b is no namespace" },
    { words: [...base, "--roles", "all"], says: "--roles all is unknown: use narrow or wide" },
    { words: [...base, "--replicas", "0"], says: "--replicas 0" },
  ];
  it.each(cases)("refuses with exit code 2: $says", async ({ words, says }) => {
    const { code, errors, output } = await install(words);
    expect(errors).toContain(says);
    expect({ code, output }).toEqual({ code: 2, output: "" });
  });

  it("names a CA's file that is missing, or holds none", async () => {
    expect(await install([...base, "--ca-file", "no.pem"])).toMatchObject({
      code: 1,
      errors: expect.stringContaining("no.pem"),
    });
    const damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (const text of ["nothing", damaged]) {
      const { code, errors } = await install([...base, "--ca-file", "ca.pem"], { "ca.pem": text });
      expect(code).toBe(1);
      expect(errors).toMatch(/ca\.pem: holds (?:no|a damaged) certificate/u);
    }
  });
});
