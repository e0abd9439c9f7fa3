import { describe, expect, it } from "vitest";
import { parseChartAddress, parseGitAddress } from "../../../../../helm/chart/source/chart-address.ts";

function parse(chart: string, repo = ""): unknown {
  return parseChartAddress({ chart, repo, version: "" });
}

describe("parseChartAddress", () => {
  it.each([
    ["web", "oci://registry.example/charts/web", { kind: "oci", address: "oci://registry.example/charts/web" }],
    ["web", "https://charts.example", { kind: "repository" }],
    ["oci://registry.example/charts/web", "", { kind: "oci", address: "oci://registry.example/charts/web" }],
    ["https://x.example/web.tgz", "", { kind: "archive", url: "https://x.example/web.tgz", subdir: "" }],
    [
      "https://x.example/a.tgz//b/web?checksum=md5:1",
      "",
      { kind: "archive", url: "https://x.example/a.tgz?checksum=md5:1", subdir: "b/web" },
    ],
    ["http::http://x.example/web", "", { kind: "archive", url: "http://x.example/web", subdir: "" }],
    [
      "git::https://x.example/a.git//charts/web?ref=v1",
      "",
      { kind: "git", url: "https://x.example/a.git?ref=v1", subdir: "charts/web" },
    ],
    ["git::git@x.example:team/a.git//web", "", { kind: "git", url: "ssh://git@x.example/team/a.git", subdir: "web" }],
    ["git@x.example:team/a", "", { kind: "git", url: "ssh://git@x.example/team/a", subdir: "" }],
    ["ssh://git@x.example/team/a", "", { kind: "git", url: "ssh://git@x.example/team/a", subdir: "" }],
    [
      "github.com/team/a//charts/web?ref=main",
      "",
      { kind: "git", url: "https://github.com/team/a.git?ref=main", subdir: "charts/web" },
    ],
    ["gitlab.com/team/a.git", "", { kind: "git", url: "https://gitlab.com/team/a.git", subdir: "" }],
    [
      "bitbucket.org/team/a/charts//web",
      "",
      { kind: "git", url: "https://bitbucket.org/team/a.git", subdir: "charts/web" },
    ],
  ])("takes %s of %s", (chart, repo, expected) => {
    expect(parse(chart, repo)).toEqual(expected);
  });

  it.each([
    ["s3::https://x.example/web.tgz", "", "s3:: is not fetched"],
    ["gcs::https://x.example/web.tgz", "", "gcs:: is not fetched"],
    ["hg::https://x.example/web", "", "hg:: is not fetched"],
    ["file::/etc", "", "file:: is not fetched"],
    ["file:///srv/charts/web", "", "outside of the repository"],
    ["/srv/charts/web", "", "outside of the repository"],
    ["ftp://x.example/web.tgz", "", "ftp:// is not fetched"],
    ["charts/web", "", "neither in the bundle's directory"],
    ["github.com/team", "", "github.com/user/repository"],
    ["git::https://x.example/a.git//../b", "", "leads out"],
    ["web", "git::https://x.example/a", "a chart repository is at"],
    ["web", "file:///srv", "a chart repository is at"],
  ])("refuses %s of %s with the next step", (...[chart, repo, message]) => {
    expect(() => parse(chart, repo)).toThrow(message);
    expect(() => parse(chart, repo)).toThrow(expect.objectContaining({ fault: "address" }));
  });

  it("does not show a password of an address that it refuses", () => {
    expect(() => parse("ftp://someone:s3cret@x.example/web.tgz?token=s3cret")).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("s3cret") }),
    );
  });
});

describe("parseGitAddress", () => {
  it("takes its own parameters out of the query and leaves the others as they are", () => {
    const address = "https://x.example/a.git?token=ab+cd%2Fe&ref=release%2F1&depth=3";
    expect(parseGitAddress(address)).toEqual({
      url: "https://x.example/a.git?token=ab+cd%2Fe",
      ref: "release/1",
      privateKey: undefined,
    });
  });

  it("takes a private key that the address holds", () => {
    const key = Buffer.from("-----BEGIN KEY-----?>").toString("base64url");
    expect(parseGitAddress(`ssh://git@x.example/a?sshkey=${key}`)).toMatchObject({
      privateKey: "-----BEGIN KEY-----?>",
    });
  });

  it.each(["0", "-1", "x"])("refuses the depth %s", (depth) => {
    expect(() => parseGitAddress(`https://x.example/a?depth=${depth}`)).toThrow("no number above 0");
  });
});
