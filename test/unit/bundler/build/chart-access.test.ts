import { describe, expect, it } from "vitest";
import { type ChartSecrets, chartAccessOf } from "../../../../bundler/build/chart-access.ts";
import type { GitRepo } from "../../../../shared/api/git-repo.ts";
import { fleetApiVersion } from "../../../../shared/api/meta.ts";

const ref = { chart: "web", repo: "https://charts.example/stable", version: "" };
const pem = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n";
const base64 = (text: string): string => Buffer.from(text).toString("base64");

function aGitRepo(spec: GitRepo["spec"]): GitRepo {
  return { apiVersion: fleetApiVersion, kind: "GitRepo", metadata: { name: "repo", namespace: "team" }, spec };
}

function aSecret(fields: Readonly<Record<string, string>>): NonNullable<ChartSecrets["forAll"]> {
  const data = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, base64(value)]));
  return { apiVersion: "v1", kind: "Secret", metadata: { name: "charts", namespace: "team" }, data };
}

const paths = `
"charts/*": {username: star, password: p1}
charts/web: {username: exact, password: p2, caBundle: ${base64(pem)}, insecureSkipVerify: true, basicHTTP: true}
"charts/a?": {username: mark, password: p3}
.: {username: root, password: p4, sshPrivateKey: ${base64("-----BEGIN KEY-----")}, sshKnownHosts: ${base64("h ssh k")}}
`;

describe("chartAccessOf with helmSecretName", () => {
  const secret = aSecret({ username: "u", password: "p", cacerts: pem, basicHTTP: "true", insecureSkipVerify: "T" });
  const trust = { caBundle: pem, plainHttp: true, insecureSkipTLS: true };
  const credential = { username: "u", password: "p" };

  it.each([
    ["the start of the address", "https://charts[.]example", { access: { ...trust, credential } }],
    ["one of several", "oci://|https://charts", { access: { ...trust, credential } }],
    ["nothing", "", { access: trust, withheld: expect.stringContaining("helmRepoURLRegex is empty") }],
    ["the middle", "charts[.]example", { access: trust, withheld: expect.stringContaining("does not match") }],
    ["another address", "https://other", { access: trust, withheld: expect.stringContaining("Secret team/charts") }],
  ])("gives the credential where helmRepoURLRegex matches %s, and trust everywhere", (...[, pattern, expected]) => {
    const gitRepo = aGitRepo({ helmSecretName: "charts", helmRepoURLRegex: pattern });
    expect(chartAccessOf(gitRepo, { forAll: secret })(ref, "charts/web")).toEqual(expected);
  });

  it("compares the chart's own address where there is no repo", () => {
    const gitRepo = aGitRepo({ helmSecretName: "charts", helmRepoURLRegex: "git::https://x" });
    const granted = chartAccessOf(gitRepo, { forAll: aSecret({ "ssh-privatekey": "k", known_hosts: "h" }) });
    expect(granted({ chart: "git::https://x/a.git", repo: "", version: "" }, "")).toEqual({
      access: { sshKey: { privateKey: "k", knownHosts: "h" } },
    });
  });

  it("lets the GitRepo's own CA bundle win, and its insecureSkipTLSVerify count for charts too", () => {
    const own = pem.replace("abc", "own");
    const gitRepo = aGitRepo({ helmSecretName: "charts", caBundle: base64(own), insecureSkipTLSVerify: true });
    const { access } = chartAccessOf(gitRepo, { forAll: aSecret({ cacerts: pem }) })(ref, "");
    expect(access).toEqual({ caBundle: own, insecureSkipTLS: true });
  });

  it.each([
    ["a Secret that is not there", { helmSecretName: "charts" }, {}, "team/charts does not exist"],
    ["half a credential", { helmSecretName: "charts" }, { forAll: aSecret({ username: "u" }) }, "without a password"],
    [
      "certificates that are none",
      { helmSecretName: "charts" },
      { forAll: aSecret({ cacerts: "abc" }) },
      "no PEM text",
    ],
    ["a pattern that is none", { helmRepoURLRegex: "a(" }, {}, "spec.helmRepoURLRegex"],
    ["a pattern that is whole only within another", { helmRepoURLRegex: "a)(?:b" }, {}, "spec.helmRepoURLRegex"],
  ])("refuses %s", (...[, spec, secrets, message]) => {
    expect(() => chartAccessOf(aGitRepo(spec), secrets)(ref, "")).toThrow(message);
  });
});

describe("chartAccessOf with helmSecretNameForPaths", () => {
  const gitRepo = aGitRepo({ helmSecretNameForPaths: "paths", helmSecretName: "charts", helmRepoURLRegex: "https://" });
  const access = chartAccessOf(gitRepo, {
    forPaths: aSecret({ "secrets-path.yaml": paths }),
    forAll: aSecret({ username: "all", password: "p" }),
  });

  it.each([
    ["charts/web", "exact"],
    ["charts/other", "star"],
    ["charts/ab", "star"],
    ["", "root"],
  ])("takes for %j the entry of %s: the very path, else the first pattern in sorted order", (path, username) => {
    expect(access(ref, path).access.credential?.username).toBe(username);
  });

  it("takes nothing for other paths, helmSecretName neither", () => {
    expect(access(ref, "charts/web/deeper")).toEqual({
      access: {},
      withheld: expect.stringContaining('none for "charts/web/deeper"'),
    });
  });

  it("reads trust and keys of an entry, which are base64 there", () => {
    expect(access(ref, "charts/web").access).toMatchObject({ caBundle: pem, insecureSkipTLS: true, plainHttp: true });
    expect(access(ref, "").access.sshKey).toEqual({ privateKey: "-----BEGIN KEY-----", knownHosts: "h ssh k" });
  });

  it("sends no credential where the pattern does not match", () => {
    const strict = aGitRepo({ helmSecretNameForPaths: "paths", helmRepoURLRegex: "oci://" });
    const granted = chartAccessOf(strict, { forPaths: aSecret({ "secrets-path.yaml": paths }) })(ref, "charts/web");
    expect(granted.access.credential).toBeUndefined();
    expect(granted.withheld).toContain("does not match");
  });

  it("names everything that is wrong at once, and no secret", () => {
    const broken = `a: {username: 5, password: s3cret}\nb: [x]\n`;
    const read = (): unknown =>
      chartAccessOf(gitRepo, { forPaths: aSecret({ "secrets-path.yaml": broken }) })(ref, "a");
    expect(read).toThrow(/"a"\.username: .*; "b": /u);
    expect(read).toThrow(expect.not.objectContaining({ message: expect.stringContaining("s3cret") }));
  });

  it.each([
    ["no file", { other: "x" }, "no key secrets-path.yaml"],
    ["no YAML", { "secrets-path.yaml": "a: [s3cret" }, /secrets-path\.yaml:\d+:\d+: it is no YAML$/u],
    ["a broken pattern", { "secrets-path.yaml": "'a[': {username: u, password: p}" }, '"a[" is no pattern'],
  ])("refuses a Secret with %s", (...[, fields, message]) => {
    expect(() => chartAccessOf(gitRepo, { forPaths: aSecret(fields) })(ref, "a")).toThrow(message);
  });
});
