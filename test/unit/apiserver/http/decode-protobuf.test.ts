import { describe, expect, it } from "vitest";
import { decodeProtobuf } from "../../../../apiserver/http/protobuf/decode-protobuf.ts";

function field(number: number, content: Buffer | number | string): Buffer {
  if (typeof content === "number") return Buffer.concat([Buffer.from([number << 3]), varint(content)]);
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function message(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields);
}

function body(apiVersion: string, kind: string, raw: Buffer): Buffer {
  const typeMeta = message(field(1, apiVersion), field(2, kind));
  return Buffer.concat([Buffer.from("k8s\0"), field(1, typeMeta), field(2, raw)]);
}

const meta = message(field(1, "web"), field(3, "shop"), field(11, message(field(1, "app"), field(2, "web"))));

describe("decodeProtobuf", () => {
  it("reads maps, bytes and metadata", () => {
    const secret = message(field(1, meta), field(2, message(field(1, "key"), field(2, "text"))), field(3, "Opaque"));
    expect(decodeProtobuf(body("v1", "Secret", secret))).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "web", namespace: "shop", labels: { app: "web" } },
      data: { key: "dGV4dA==" },
      type: "Opaque",
    });
  });

  it("reads nested lists, quantities and numbers that may be text", () => {
    const quantity = message(field(1, "cpu"), field(2, message(field(1, "100m"))));
    const resources = field(8, message(field(2, quantity)));
    const probe = field(
      10,
      message(field(1, message(field(2, message(field(2, message(field(1, 1), field(3, "http")))))))),
    );
    const container = message(field(1, "c"), field(2, "nginx:1"), field(6, message(field(3, 80))), resources, probe);
    const pod = message(field(1, meta), field(2, message(field(2, container))));
    expect(decodeProtobuf(body("v1", "Pod", pod))).toMatchObject({
      spec: {
        containers: [
          {
            name: "c",
            image: "nginx:1",
            ports: [{ containerPort: 80 }],
            resources: { requests: { cpu: "100m" } },
            livenessProbe: { httpGet: { port: "http" } },
          },
        ],
      },
    });
  });

  it("refuses what is cut short, and kinds that it does not know", () => {
    const whole = body("v1", "Secret", field(1, meta));
    expect(() => decodeProtobuf(whole.subarray(0, whole.length - 3))).toThrowError("the message ends too early");
    expect(() => decodeProtobuf(body("example.com/v1", "Widget", meta))).toThrowError(
      "no protobuf form of example.com/v1 Widget is known",
    );
    expect(() => decodeProtobuf(Buffer.from("{}"))).toThrowError(expect.objectContaining({ code: 400 }));
  });
});
