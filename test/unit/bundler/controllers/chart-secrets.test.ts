import { describe, expect, it } from "vitest";
import { chartIntervalOf, chartSecretsHash } from "../../../../bundler/controllers/chart-secrets.ts";
import { chartIntervalAnnotation } from "../../../../shared/api/annotations.ts";
import type { GitRepo } from "../../../../shared/api/git-repo.ts";
import { fleetApiVersion } from "../../../../shared/api/meta.ts";

function aGitRepo(interval?: string): GitRepo {
  const annotations = interval === undefined ? {} : { [chartIntervalAnnotation]: interval };
  return { apiVersion: fleetApiVersion, kind: "GitRepo", metadata: { name: "repo", annotations }, spec: {} };
}

function secret(password: string, resourceVersion: string) {
  const metadata = { name: "charts", resourceVersion };
  return { apiVersion: "v1", kind: "Secret", metadata, data: { password } };
}

describe("chartIntervalOf", () => {
  it.each([
    [undefined, undefined],
    ["", undefined],
    ["6h", 21_600_000],
    ["0", 0],
    ["0s", 0],
    ["1ms", 1000],
  ])("reads %j as %j milliseconds", (text, expected) => {
    expect(chartIntervalOf(aGitRepo(text))).toBe(expected);
  });

  it.each(["1d", "often", "-5m"])("refuses %j and names the annotation", (text) => {
    expect(() => chartIntervalOf(aGitRepo(text))).toThrow(
      expect.objectContaining({
        code: "DURATION_INVALID",
        verdict: "stalled",
        message: expect.stringContaining(chartIntervalAnnotation),
      }),
    );
  });
});

describe("chartSecretsHash", () => {
  it("changes with what a Secret holds and with which of the two it is, and with nothing else", () => {
    const hash = chartSecretsHash({ forAll: secret("a", "1") });
    expect(chartSecretsHash({ forAll: secret("a", "2") })).toBe(hash);
    expect(chartSecretsHash({ forAll: secret("b", "1") })).not.toBe(hash);
    expect(chartSecretsHash({ forPaths: secret("a", "1") })).not.toBe(hash);
    expect(chartSecretsHash({})).not.toBe(hash);
  });
});
