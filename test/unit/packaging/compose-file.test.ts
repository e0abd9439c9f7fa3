import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentConfigSchema } from "../../../agent/config.ts";
import { bundlerConfigSchema } from "../../../bundler/config.ts";
import { readConfig } from "../../../shared/runtime/config.ts";
import { binaryRecipes } from "../../kube/binary-recipes.ts";
import { readComposeFile, readDockerfile, serviceOf } from "../../support/compose-file.ts";

const root = join(import.meta.dirname, "../../..");
const compose = readComposeFile();
const services = Object.entries(compose.services).map(([name, service]) => ({ name, service }));
const readFile = (path: string): never => {
  throw new Error(`${path} is not there`);
};

/** Environment of a container: the image's, and the service's over it. */
function environmentOf(name: string): Record<string, string> {
  const { build, environment } = serviceOf(compose, name);
  return { ...readDockerfile(build?.dockerfile ?? "").env, ...environment };
}

/** Settings that an agent's container starts with. */
function agentConfigOf(name: string) {
  return readConfig(agentConfigSchema, { argv: [], env: environmentOf(name), envPrefix: "AGENT_", readFile }).config;
}

describe("docker-compose.yml", () => {
  it.each(services)("service $name is an image or is built from a Dockerfile that is there", ({ service }) => {
    expect([service.image, service.build].filter((source) => source !== undefined)).toHaveLength(1);
    expect(existsSync(join(root, service.build?.dockerfile ?? "."))).toBe(true);
  });

  it.each(services)("service $name waits only for services that can become what it waits for", ({ service }) => {
    for (const [name, { condition }] of Object.entries(service.depends_on)) {
      const other = serviceOf(compose, name);
      expect(other.healthcheck !== undefined).toBe(condition === "service_healthy");
    }
    const shared = service.network_mode?.replace("service:", "");
    expect([...Object.keys(service.depends_on), undefined]).toContain(shared);
  });

  it("declares each volume that services mount, and mounts each that it declares", () => {
    const mounted = services.flatMap(({ service }) => service.volumes.map((volume) => volume.split(":")[0]));
    expect(new Set(mounted)).toEqual(new Set(Object.keys(compose.volumes)));
  });

  it.each(services.filter(({ service }) => service.build !== undefined))(
    "service $name publishes ports and keeps folders that its image has",
    ({ service }) => {
      const image = readDockerfile(service.build?.dockerfile ?? "");
      for (const port of service.ports) expect(image.ports).toContain(port.split(":")[1]);
      const made = image.instructions.map(({ text }) => text).join("\n");
      // A new volume gets its owner from the image's folder; what is only read may belong to anybody.
      const written = service.volumes.filter((volume) => !volume.endsWith(":ro"));
      for (const volume of written) expect(made).toMatch(new RegExp(`--owner node .*${volume.split(":")[1]}`, "u"));
    },
  );

  it("gives the bundler settings that it takes, under the names that agents call it by", () => {
    const { config } = readConfig(bundlerConfigSchema, {
      argv: [],
      env: environmentOf("bundler"),
      envPrefix: "BUNDLER_",
      readFile,
    });
    expect(config).toMatchObject({ host: "0.0.0.0", port: 7443, dataDir: "/var/lib/drover" });
    const known = Object.keys(serviceOf(compose, "bundler").environment).map(keyOf("BUNDLER_"));
    expect(Object.keys(bundlerConfigSchema.shape)).toEqual(expect.arrayContaining(known));
    for (const agent of ["agent-dev", "agent-prod"]) {
      const { hub, token } = agentConfigOf(agent);
      expect([config.names].flat()).toContain(new URL(hub).hostname);
      expect(Number(new URL(hub).port)).toBe(config.port);
      expect(config.bootstrapTokens["fleet-default"]).toBe(token);
    }
  });

  it.each(["agent-dev", "agent-prod"])("gives %s settings that it takes, and folders that are mounted", (name) => {
    const config = agentConfigOf(name);
    const known = Object.keys(serviceOf(compose, name).environment).map(keyOf("AGENT_"));
    expect(Object.keys(agentConfigSchema.shape)).toEqual(expect.arrayContaining(known));
    const mounts = serviceOf(compose, name).volumes.map((volume) => volume.split(":")[1] ?? "");
    for (const path of [config.kubeconfig, config.caFile, `${config.dataDir}/`])
      expect(mounts.some((mount) => path?.startsWith(`${mount}/`))).toBe(true);
    const cluster = (serviceOf(compose, name).network_mode ?? "").replace("service:", "");
    expect(serviceOf(compose, cluster).environment["K3S_KUBECONFIG_OUTPUT"]).toBe(config.kubeconfig);
    const volumeOf = (service: string): string | undefined =>
      serviceOf(compose, service)
        .volumes.find((volume) => volume.split(":")[1] === "/kubeconfig")
        ?.split(":")[0];
    expect(volumeOf(name)).toBe(volumeOf(cluster));
  });
});

/** Returns the function from a variable's name to the setting's: `BUNDLER_DATA_DIR` → `dataDir`. */
function keyOf(prefix: string): (name: string) => string {
  return (name) =>
    name
      .replace(prefix, "")
      .toLowerCase()
      .replaceAll(/_([a-z])/gu, (_whole, letter: string) => letter.toUpperCase());
}

describe.each(["bundler/Dockerfile", "agent/Dockerfile", "examples/Dockerfile"])("%s", (path) => {
  const image = readDockerfile(path);

  it("copies what is there and runs as an ordinary user", () => {
    expect(image.copied.filter((source) => !existsSync(join(root, source)))).toEqual([]);
    expect(image.user).toBe("node");
  });

  it("starts a program of ours with the Node that the project is tested with", async () => {
    const { default: own } = await import("../../../package.json", { with: { type: "json" } });
    const bases = image.instructions.filter(({ name, text }) => name === "FROM" && text.startsWith("node:"));
    for (const { text } of bases) expect(text).toContain(`node:${own.devDependencies.node}-`);
    const [node, file = ""] = image.entrypoint.filter((word) => !word.startsWith("--"));
    expect(node).toBe("node");
    const source = file.replace(/^\/opt\/drover\/(?<name>\w+)\.mjs$/u, "$<name>/main.ts");
    expect(existsSync(join(root, source))).toBe(true);
  });
});

describe.each(["bundler", "agent"])("the %s's image", (program) => {
  it("has the kustomize that the tests run with", () => {
    const { package: name, version } = binaryRecipes.kustomize;
    const made = readDockerfile(`${program}/Dockerfile`).instructions.map(({ text }) => text);
    expect(made.join("\n")).toContain(`${name}@${version}`);
  });
});

describe("the agent's image", () => {
  it("runs Node as the page about the agent says", () => {
    const { entrypoint, env } = readDockerfile("agent/Dockerfile");
    const page = readFileSync(join(root, "docs/spec/agent.md"), "utf8").replaceAll(/\s+/gu, " ");
    const flags = entrypoint.filter((word) => word.startsWith("--"));
    const settings = Object.entries(env).filter(([name]) => name.startsWith("MALLOC_"));
    expect(page).toContain(`${settings.map(([name, value]) => `${name}=${value} `).join("")}node ${flags.join(" ")}`);
  });
});
