import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadAllCommands } from "../../../cli/commands.ts";
import { warningCodes } from "../../../shared/bundle/warning.ts";
import { errorCodes } from "../../../shared/errors.ts";
import { fieldTableNames, withFieldTables } from "../../../tools/field-tables.ts";
import { referencePages } from "../../../tools/reference-pages.ts";

const commands = await loadAllCommands();

const docs = join(import.meta.dirname, "../../../docs");
const hint = "run `node tools/run.mjs tools/write-reference-pages.ts` after a change";

describe("the reference pages", () => {
  it.each(Object.entries(referencePages()))(`%s is what the code says (${hint})`, (file, text) => {
    expect(readFileSync(join(docs, "reference", file), "utf8")).toBe(text);
  });

  it("name every error code and every command", () => {
    const { "errors.md": errors = "", "cli.md": cli = "", "warnings.md": warnings = "" } = referencePages();
    for (const code of Object.keys(errorCodes)) expect(errors).toContain(`| \`${code}\` |`);
    for (const code of Object.keys(warningCodes)) expect(warnings).toContain(`| \`${code}\` |`);
    for (const { name } of commands) expect(cli).toContain(`## drover ${name}\n`);
  });

  it("show a setting's flag, variable, default and secrecy", () => {
    const { "config.md": config } = referencePages();
    expect(config).toContain("| `databaseUrl` | `--database-url` | `BUNDLER_DATABASE_URL` |");
    expect(config).toMatch(/`BUNDLER_DATABASE_URL` \|.*Secret: `--print-config` hides it/u);
    expect(config).toMatch(/`AGENT_CONCURRENCY` \|.*Default `8`/u);
    expect(config).toContain("`--metrics` (switch)");
  });
});

describe("the pages of docs/spec", () => {
  const pages = readdirSync(join(docs, "spec")).map((file) => ({
    file,
    text: readFileSync(join(docs, "spec", file), "utf8"),
  }));

  it.each(pages)(`$file has the fields that the schemas have (${hint})`, ({ text }) => {
    expect(text).toBe(withFieldTables(text));
  });

  it("show every table somewhere", () => {
    const shown = pages.flatMap(({ text }) =>
      [...text.matchAll(/<!-- fields: ([a-z -]+) -->/gu)].map(([, name]) => name),
    );
    expect(new Set(shown)).toEqual(new Set(fieldTableNames()));
    expect(shown).toHaveLength(fieldTableNames().length);
  });

  it("give nested fields their path and the type that a reader expects", () => {
    const table = withFieldTables("<!-- fields: git-repo -->\n<!-- end of fields -->");
    expect(table).toContain("| `paths` | list of strings |");
    expect(table).toContain("| `correctDrift.enabled` | boolean |");
    expect(table).toContain("| `bundles[].base` | string |");
    expect(() => withFieldTables("<!-- fields: nothing -->\n<!-- end of fields -->")).toThrow("there is no table");
  });
});
