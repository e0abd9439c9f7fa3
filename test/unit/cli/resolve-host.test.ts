import { describe, expect, it } from "vitest";
import { createHostResolver } from "../../../cli/helm/resolve-host.ts";
import { helmFunctions } from "../../../helm/functions/registry.ts";
import { compileTemplates, executeTemplate } from "../../../helm/template/compile-template.ts";

function write(text: string): string {
  const set = compileTemplates([{ name: "t", text }], { functions: helmFunctions });
  return executeTemplate(set, "t", { data: null, options: { resolveHost: createHostResolver() } });
}

describe("getHostByName with --enable-dns", () => {
  it("gives an address", () => {
    expect(write('{{ getHostByName "localhost" }}')).toMatch(/^(?:127\.0\.0\.1|::1)$/u);
  });

  it("fails for a name without one, and takes no name for an option", () => {
    expect(() => write('{{ getHostByName "no-such-host.invalid" }}')).toThrow(/no-such-host\.invalid has no address/u);
    expect(() => write('{{ getHostByName "--version" }}')).toThrow(/--version has no address/u);
  });
});
