import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseYaml } from "../../codec/parse-yaml.ts";

const root = join(import.meta.dirname, "../..");

const healthcheckSchema = z.strictObject({
  test: z.tuple([z.literal("CMD"), z.string()], z.string()),
  interval: z.string().regex(/^\d+s$/u),
  timeout: z.string().regex(/^\d+s$/u),
  retries: z.number().int().positive(),
});

/** The part of the Compose Specification that our file uses; anything else in it is a mistake. */
const serviceSchema = z.strictObject({
  image: z.string().optional(),
  build: z.strictObject({ context: z.literal("."), dockerfile: z.string() }).optional(),
  init: z.boolean().optional(),
  privileged: z.boolean().optional(),
  network_mode: z.string().optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string().regex(/^\d+:\d+$/u)).default([]),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).optional(),
  healthcheck: healthcheckSchema.optional(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({ condition: z.enum(["service_healthy", "service_started", "service_completed_successfully"]) }),
    )
    .default({}),
});

const composeSchema = z.strictObject({
  name: z.string(),
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
});

export type ComposeFile = z.infer<typeof composeSchema>;
export type ComposeService = z.infer<typeof serviceSchema>;

/** Returns docker-compose.yml, parsed and checked. */
export function readComposeFile(): ComposeFile {
  const text = readFileSync(join(root, "docker-compose.yml"), "utf8");
  return composeSchema.parse(parseYaml(text, { file: "docker-compose.yml" })[0]?.value);
}

/** Returns a service; throws when there is none of the name. */
export function serviceOf(compose: ComposeFile, name: string): ComposeService {
  const service = compose.services[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
}

/** What a Dockerfile of ours says, as far as others rely on it. */
export interface Dockerfile {
  /** Instructions with their words, in order; continued lines joined. */
  readonly instructions: readonly { readonly name: string; readonly text: string }[];
  readonly env: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly user: string | undefined;
  readonly volumes: readonly string[];
  readonly ports: readonly string[];
  /** Sources of COPY that come from the project, not from another stage. */
  readonly copied: readonly string[];
}

/** Returns a Dockerfile of the project, by its path. */
export function readDockerfile(path: string): Dockerfile {
  const lines = readFileSync(join(root, path), "utf8")
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n")
    .replaceAll(/\\\n\s*/gu, " ")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const instructions = lines.map((line) => {
    const [name = "", ...rest] = line.split(" ");
    return { name, text: rest.join(" ") };
  });
  const texts = (name: string): string[] =>
    instructions.filter((instruction) => instruction.name === name).map(({ text }) => text);
  const words = (name: string): string[] => texts(name).flatMap((text) => text.split(" "));
  const list = (name: string): string[] => z.array(z.string()).parse(JSON.parse(texts(name).at(-1) ?? "[]"));
  return {
    instructions,
    env: Object.fromEntries(words("ENV").map((pair) => pair.split("="))),
    entrypoint: list("ENTRYPOINT"),
    command: list("CMD"),
    user: texts("USER").at(-1),
    volumes: words("VOLUME"),
    ports: words("EXPOSE"),
    copied: texts("COPY")
      .filter((text) => !text.startsWith("--from="))
      .flatMap((text) => text.split(" ").slice(0, -1)),
  };
}
