import { gzipSync } from "node:zlib";

/** One entry of an archive as a test wants it, well-formed or not. */
export interface Entry {
  readonly name: string;
  readonly prefix?: string;
  /** Type in the header; a file without it. */
  readonly type?: string;
  readonly text?: string;
}

/** Returns entries as a gzipped tar archive; `keep` cuts it off after so many bytes before it is compressed. */
export function pack(entries: readonly Entry[], options: { readonly keep?: number } = {}): Uint8Array {
  const blocks = entries.flatMap(({ text = "", ...entry }) => {
    const data = Buffer.from(text);
    const padded = Buffer.alloc(Math.ceil(data.length / 512) * 512);
    data.copy(padded);
    return [header(entry, data.length), padded];
  });
  const tar = Buffer.concat([...blocks, Buffer.alloc(1024)]);
  return gzipSync(options.keep === undefined ? tar : tar.subarray(0, options.keep));
}

function header({ name, prefix = "", type = "0" }: Omit<Entry, "text">, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0, 100);
  block.write("0000644\0", 100);
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  block.write("        ", 148);
  block.write(type, 156);
  block.write("ustar\u000000", 257);
  block.write(prefix, 345, 155);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
