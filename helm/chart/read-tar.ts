import { ChartError } from "./chart-error.ts";

/** One entry of an archive. Directories and what is no file have no data. */
export interface TarEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "link" | "other";
  readonly data: Uint8Array;
}

const blockBytes = 512;
/** Types of entries that describe the next one: POSIX, for all that follow, and those of GNU tar. */
const extended = "x";
const longName = "L";

/**
 * Returns the entries of a tar archive: POSIX (with long names in `prefix` or extended headers), GNU's and the old format.
 * Throws `ChartError` for headers that are none and entries that are cut off.
 */
export function readTar(tar: Uint8Array): TarEntry[] {
  const entries: TarEntry[] = [];
  let offset = 0;
  let override: Override = {};
  while (offset + blockBytes <= tar.length) {
    const header = tar.subarray(offset, offset + blockBytes);
    if (header.every((byte) => byte === 0)) break;
    checkSum(header);
    const type = String.fromCharCode(header[156] ?? 0);
    const size = override.size ?? numberAt(header, 124, 12);
    const start = offset + blockBytes;
    const end = start + (hasData(type) ? size : 0);
    if (end > tar.length) throw new ChartError("load", "unexpected EOF");
    const data = tar.subarray(start, end);
    offset = start + Math.ceil((end - start) / blockBytes) * blockBytes;
    if (type === extended) {
      override = { ...override, ...readRecords(data) };
    } else if (type === longName) {
      override = { ...override, name: textOf(data) };
    } else if (type !== "K" && type !== "g") {
      entries.push({ name: override.name ?? nameIn(header), kind: kindOf(type), data });
      override = {};
    }
  }
  return entries;
}

/** What earlier entries say of the next one. */
interface Override {
  readonly name?: string;
  readonly size?: number;
}

function hasData(type: string): boolean {
  return !/[1-6]/.test(type);
}

function kindOf(type: string): TarEntry["kind"] {
  if (type === "0" || type === "\0" || type === "7") return "file";
  if (type === "5") return "directory";
  return type === "1" || type === "2" ? "link" : "other";
}

function nameIn(header: Uint8Array): string {
  const name = textOf(header.subarray(0, 100));
  const isPosix = textOf(header.subarray(257, 263)) === "ustar";
  const prefix = isPosix ? textOf(header.subarray(345, 500)) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** Records as `27 path=templates/x.yaml` and a line break; the number is the bytes of the whole record. */
function readRecords(data: Uint8Array): Override {
  let override: Override = {};
  let at = 0;
  while (at < data.length && data[at] !== 0) {
    const space = data.indexOf(0x20, at);
    const length = Number(textOf(data.subarray(at, Math.max(at, space))));
    if (space < 0 || !Number.isSafeInteger(length) || length <= space - at || at + length > data.length) {
      throw invalid();
    }
    const record = textOf(data.subarray(space + 1, at + length - 1));
    const equals = record.indexOf("=");
    const value = record.slice(equals + 1);
    if (record.slice(0, equals) === "path") override = { ...override, name: value };
    if (record.slice(0, equals) === "size") override = { ...override, size: decimal(value) };
    at += length;
  }
  return override;
}

function decimal(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw invalid();
  return value;
}

/** Octal digits, or with the first bit set a binary number. */
function numberAt(header: Uint8Array, offset: number, length: number): number {
  const field = header.subarray(offset, offset + length);
  const first = field[0] ?? 0;
  if ((first & 0x80) !== 0) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, first & 0x7f);
    if (!Number.isSafeInteger(value)) throw invalid();
    return value;
  }
  const digits = textOf(field).trim();
  if (!/^[0-7]*$/.test(digits)) throw invalid();
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

function checkSum(header: Uint8Array): void {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  if (sum !== numberAt(header, 148, 8)) throw invalid();
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString("utf8");
}

function invalid(): ChartError {
  return new ChartError("load", "archive/tar: invalid tar header");
}
