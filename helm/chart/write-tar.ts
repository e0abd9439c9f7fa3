/** One file for an archive. */
export interface TarFile {
  readonly name: string;
  readonly data: Uint8Array;
}

const blockBytes = 512;

/**
 * Returns files as a POSIX tar archive, names that do not fit in a header in records of their own. Equal files give equal
 * bytes: owner, group and time are 0, the mode is 0644.
 */
export function writeTar(files: readonly TarFile[]): Buffer {
  const blocks = files.flatMap(({ name, data }) => {
    const isLong = Buffer.byteLength(name) > 100;
    const record = isLong ? [header("././@PaxHeader", "x", pathRecord(name).length), padded(pathRecord(name))] : [];
    return [...record, header(isLong ? name.slice(-32) : name, "0", data.length), padded(data)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
}

/** Returns `27 path=web/templates/x.yaml` and a line break; the number counts itself. */
function pathRecord(name: string): Buffer {
  const body = ` path=${name}\n`;
  const bytes = Buffer.byteLength(body);
  let length = bytes + String(bytes).length;
  length = bytes + String(length).length;
  return Buffer.from(`${length}${body}`);
}

function padded(data: Uint8Array): Buffer {
  const block = Buffer.alloc(Math.ceil(data.length / blockBytes) * blockBytes);
  block.set(data);
  return block;
}

function header(name: string, type: "0" | "x", size: number): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0, 100);
  block.write("0000644\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  block.write("00000000000\0", 136);
  block.write("        ", 148);
  block.write(type, 156);
  block.write("ustar\u000000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
