/**
 * Returns a YAML file's bytes as text: UTF-8, or UTF-16 where a byte-order mark says so, as Go's YAML reader takes it (and
 * as PowerShell writes it).
 */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  return new TextDecoder().decode(bytes);
}
