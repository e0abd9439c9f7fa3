import { gzipSync } from "node:zlib";

/** Returns a packed chart with one ConfigMap that shows version and release. */
export function chartArchive(name: string, version: string, more: Readonly<Record<string, string>> = {}): Buffer {
  const files = {
    "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: ${version}\n`,
    "values.yaml": "color: red\n",
    "templates/map.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  version: {{ .Chart.Version }}\n  color: {{ .Values.color }}\n",
    ...more,
  };
  const entries = Object.entries(files).map(([path, data]) => tarEntry(`${name}/${path}`, Buffer.from(data)));
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]));
}

/** A file's header (POSIX ustar) and its content, filled up to blocks of 512 bytes. */
function tarEntry(path: string, data: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write("0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${data.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        0", 148);
  header.write("ustar\u000000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}
