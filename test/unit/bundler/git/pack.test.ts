import { hash } from "node:crypto";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { defaultFetchLimits } from "../../../../bundler/git/fetch-limits.ts";
import { indexPack } from "../../../../bundler/git/index-pack.ts";
import { hashObject } from "../../../../bundler/git/object-format.ts";
import { applyDelta } from "../../../../bundler/git/pack-entry.ts";
import { readPackIndex } from "../../../../bundler/git/pack-index.ts";
import { parseCommit, parseTree } from "../../../../bundler/git/parse-objects.ts";
import { createPacketParser, encodePacket, flushPacket, packetText } from "../../../../bundler/git/pkt-line.ts";
import { AppError } from "../../../../shared/errors.ts";

/** Head of an entry, gitformat-pack: type in three bits, size in 4 + 7 + 7 … bits. */
function entryHead(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 15)];
  for (let rest = size >> 4; rest > 0; rest >>= 7) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}

function aPack(entries: readonly Buffer[]): Buffer {
  const head = Buffer.from("PACK\0\0\0\u0002\0\0\0\0", "latin1");
  head.writeUInt32BE(entries.length, 8);
  const body = Buffer.concat([head, ...entries]);
  return Buffer.concat([body, hash("sha1", body, "buffer")]);
}

function blob(content: Buffer): Buffer {
  return Buffer.concat([entryHead(3, content.length), deflateSync(content)]);
}

/** A delta that copies the first `copied` bytes of its base and adds a text. */
function delta(base: Buffer, copied: number, added: string): Buffer {
  const data = Buffer.from([base.length, copied + added.length, 0x90, copied, added.length, ...Buffer.from(added)]);
  return data;
}

/** Returns the code of the error that something ends with, "none" without one; anything but our errors passes through. */
function codeOf(run: () => unknown): string {
  try {
    run();
    return "none";
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

const base = Buffer.from("the quick brown fox");
const change = delta(base, 9, " cat");
const baseEntry = blob(base);
const pack = aPack([
  baseEntry,
  Buffer.concat([entryHead(6, change.length), Buffer.from([baseEntry.length]), deflateSync(change)]),
  Buffer.concat([
    entryHead(7, change.length),
    Buffer.from(hashObject("sha1", "blob", base), "hex"),
    deflateSync(change),
  ]),
]);

describe("indexPack", () => {
  it("finds each object, deltas by place and by name included, where its index says", () => {
    const indexed = indexPack(pack, "sha1", defaultFetchLimits);
    const index = readPackIndex(indexed.index, "sha1");
    const changed = hashObject("sha1", "blob", Buffer.from("the quick cat"));
    expect(indexed.objects).toBe(2);
    expect(index.find(Buffer.from(hashObject("sha1", "blob", base), "hex"))).toBe(12);
    expect(index.find(Buffer.from(changed, "hex"))).toBe(12 + baseEntry.length);
    expect(index.find(Buffer.alloc(20, 0xff))).toBeUndefined();
  });

  it("answers any damage with an error of ours, whatever the checksum says", () => {
    fc.assert(
      fc.property(fc.nat(pack.length - 21), fc.nat(255), fc.boolean(), (at, value, repaired) => {
        const damaged = Buffer.from(pack);
        damaged[at] = value;
        if (repaired) hash("sha1", damaged.subarray(0, -20), "buffer").copy(damaged, damaged.length - 20);
        const code = codeOf(() => indexPack(damaged, "sha1", defaultFetchLimits));
        expect(["none", "GIT_STORE_CORRUPT", "GIT_LIMIT_EXCEEDED"]).toContain(code);
      }),
      { numRuns: 600 },
    );
  });

  it.each([
    {
      name: "a delta without its base",
      entries: [Buffer.concat([entryHead(7, change.length), Buffer.alloc(20, 7), deflateSync(change)])],
    },
    { name: "a size that is not the data's", entries: [Buffer.concat([entryHead(3, 5), deflateSync(base)])] },
    { name: "bytes behind the last object", entries: [Buffer.concat([baseEntry, Buffer.from("more")])] },
    { name: "a type that does not exist", entries: [Buffer.concat([entryHead(5, 1), deflateSync(Buffer.from("x"))])] },
  ])("refuses $name", ({ entries }) => {
    expect(() => indexPack(aPack(entries), "sha1", defaultFetchLimits)).toThrow(
      expect.objectContaining({ code: "GIT_STORE_CORRUPT" }),
    );
  });

  it("refuses an object by the size it claims, before it is unpacked", () => {
    const huge = aPack([Buffer.concat([entryHead(3, 2 ** 30), deflateSync(base)])]);
    expect(() => indexPack(huge, "sha1", defaultFetchLimits)).toThrow(
      expect.objectContaining({ code: "GIT_LIMIT_EXCEEDED" }),
    );
  });
});

describe("applyDelta", () => {
  it("never reads outside of its base nor writes outside of its result", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        const wild = Buffer.concat([Buffer.from([base.length, 40]), bytes]);
        const lengths: number[] = [];
        const code = codeOf(() => lengths.push(applyDelta(base, wild).length));
        expect([code, ...lengths]).toEqual(code === "none" ? ["none", 40] : ["GIT_STORE_CORRUPT"]);
      }),
      { numRuns: 600 },
    );
  });
});

describe("parseTree and parseCommit", () => {
  it("tell files, programs, links, directories and submodules apart", () => {
    const modes = { f: "100644", g: "100664", x: "100755", l: "120000", d: "40000", s: "160000" };
    const content = Buffer.concat(
      Object.entries(modes).map(([name, mode]) =>
        Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.alloc(20, 1)]),
      ),
    );
    const told = parseTree(content, "sha1").map(
      ({ name, type, executable }) => `${name} ${type}${executable ? " x" : ""}`,
    );
    expect(told).toEqual(["f file", "g file", "x file x", "l symlink", "d dir", "s submodule"]);
  });

  it("answer any bytes with entries or an error of ours", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        for (const parse of [(data: Buffer) => parseTree(data, "sha1"), parseCommit]) {
          expect(["none", "GIT_REPOSITORY_INVALID"]).toContain(codeOf(() => parse(Buffer.from(bytes))));
        }
      }),
    );
  });

  it("read a commit whose author writes odd things", () => {
    const text = `tree ${"a".repeat(40)}\nparent ${"b".repeat(40)}\nauthor A > <a@b> 5 +0000\ncommitter C <c@d> 1700000000 +0100\ngpgsig x\n y\n\nSubject\n\nBody`;
    expect(parseCommit(Buffer.from(text))).toEqual({
      tree: "a".repeat(40),
      parents: ["b".repeat(40)],
      author: "A > <a@b>",
      subject: "Subject",
      committedAt: "2023-11-14T22:13:20.000Z",
    });
  });
});

describe("createPacketParser", () => {
  it("gives the same packets however the stream is cut", () => {
    const lines = fc.array(fc.oneof(fc.string({ minLength: 1, maxLength: 40 }), fc.constant(undefined)), {
      maxLength: 10,
    });
    fc.assert(
      fc.property(lines, fc.array(fc.nat(30), { maxLength: 20 }), (texts, cuts) => {
        let rest = Buffer.concat(texts.map((text) => (text === undefined ? flushPacket : encodePacket(text))));
        const parser = createPacketParser();
        const seen: (string | undefined)[] = [];
        for (const cut of [...cuts, rest.length]) {
          for (const packet of parser.push(rest.subarray(0, cut)))
            seen.push(packet === "flush" ? undefined : packet.toString());
          rest = rest.subarray(cut);
        }
        parser.end();
        expect(seen).toEqual(texts);
      }),
    );
  });

  it.each(["<!doctype html>", "zzzz", "0003", "fff1"])("refuses what is not git's: %s", (text) => {
    expect(() => createPacketParser().push(Buffer.from(text))).toThrow(
      expect.objectContaining({ code: "GIT_ANSWER_INVALID" }),
    );
  });

  it("notices a stream that ends within a packet", () => {
    const parser = createPacketParser();
    expect(parser.push(Buffer.from("0009he")).map(packetText)).toEqual([]);
    expect(() => parser.end()).toThrow("ends inside a packet");
  });
});
