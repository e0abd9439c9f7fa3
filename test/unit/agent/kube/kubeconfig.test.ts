import { describe, expect, test } from "vitest";
import { bearerFromFile, inClusterConnection } from "../../../../agent/kube/kube-connection.ts";
import { kubeconfigConnection } from "../../../../agent/kube/kubeconfig.ts";

const files = new Map<string, string>([
  [
    "/home/me/config",
    `
current-context: one
clusters:
- name: c1
  cluster: { server: "https://c1:6443", certificate-authority-data: ${Buffer.from("CA1").toString("base64")} }
- name: c2
  cluster: { server: "https://c2:6443", certificate-authority: pki/ca.crt, tls-server-name: other, insecure-skip-tls-verify: false }
contexts:
- { name: one, context: { cluster: c1, user: token } }
- { name: two, context: { cluster: c2, user: cert } }
- { name: three, context: { cluster: c2, user: exec } }
- { name: four, context: { cluster: missing } }
users:
- { name: token, user: { token: "007" } }
- { name: cert, user: { client-certificate-data: ${Buffer.from("CERT").toString("base64")}, client-key: pki/key.pem } }
- { name: exec, user: { exec: { command: aws } } }
`,
  ],
  ["/home/me/pki/ca.crt", "CA2"],
  ["/home/me/pki/key.pem", "KEY"],
  ["/token", "abc\n"],
  ["/var/run/secrets/kubernetes.io/serviceaccount/ca.crt", "CA"],
  ["/var/run/secrets/kubernetes.io/serviceaccount/token", "pod"],
]);

function readFile(path: string): Buffer {
  const text = files.get(path);
  if (text === undefined) throw new Error(`no ${path}`);
  return Buffer.from(text);
}

const path = "/home/me/config";

describe("kubeconfigConnection", () => {
  test("takes the current context with token and CA data", () => {
    const connection = kubeconfigConnection({ path }, readFile);
    expect(connection).toMatchObject({ baseUrl: "https://c1:6443", tls: { ca: Buffer.from("CA1") } });
    expect(connection.authorization()).toBe("Bearer 007");
  });

  test("takes a named context with files relative to the kubeconfig", () => {
    const connection = kubeconfigConnection({ path, context: "two" }, readFile);
    expect(connection.tls).toEqual({
      ca: Buffer.from("CA2"),
      cert: Buffer.from("CERT"),
      key: Buffer.from("KEY"),
      servername: "other",
    });
    expect(connection.authorization()).toBeUndefined();
  });

  test.each([
    { context: "three", problem: /logs in by a command/u },
    { context: "four", problem: /no cluster "missing"/u },
    { context: "five", problem: /no context "five"/u },
  ])("says what is wrong with context $context", ({ context, problem }) => {
    expect(() => kubeconfigConnection({ path, context }, readFile)).toThrow(problem);
  });

  test("says which file cannot be read", () => {
    expect(() => kubeconfigConnection({ path: "/nope" }, readFile)).toThrow("/nope");
  });
});

test("a pod reaches its own cluster with the mounted files", () => {
  const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };
  const connection = inClusterConnection(env, readFile);
  expect(connection?.baseUrl).toBe("https://[fd00::1]:443");
  expect(connection?.authorization()).toBe("Bearer pod");
  expect(inClusterConnection({}, readFile)).toBeUndefined();
});

test("a token file is read once for many requests", () => {
  let reads = 0;
  const bearer = bearerFromFile("/token", (name) => {
    reads++;
    return readFile(name);
  });
  expect([bearer(), bearer(), reads]).toEqual(["Bearer abc", "Bearer abc", 1]);
});
