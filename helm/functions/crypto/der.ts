/** Tags of the ASN.1 types that certificates and keys are made of. */
const tags = {
  integer: 2,
  bitString: 3,
  octetString: 4,
  oid: 6,
  utf8: 12,
  printable: 19,
  utcTime: 23,
  generalizedTime: 24,
  sequence: 48,
  set: 49,
} as const;

/** Returns one DER element: tag, length, content. */
export function element(tag: number, content: Uint8Array): Buffer {
  const length = content.length;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const digits = length.toString(16);
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length]), bytes, content]);
}

/** Returns a SEQUENCE of elements. */
export function sequence(...items: readonly Uint8Array[]): Buffer {
  return element(tags.sequence, Buffer.concat(items));
}

/** Returns a SET of one element. */
export function setOf(item: Uint8Array): Buffer {
  return element(tags.set, item);
}

/** Returns an INTEGER that is not negative, from its bytes or as a number. */
export function integer(value: Uint8Array | number | bigint): Buffer {
  const hex = value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value.toString(16);
  let bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  bytes = bytes.subarray(start);
  return element(tags.integer, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

/** Returns an OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const groups = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return element(tags.oid, Buffer.from(bytes));
}

/** Returns an OCTET STRING. */
export function octetString(content: Uint8Array): Buffer {
  return element(tags.octetString, content);
}

/** Returns a BIT STRING of whole bytes, or with the given number of unused bits at its end. */
export function bitString(content: Uint8Array, unused = 0): Buffer {
  return element(tags.bitString, Buffer.concat([Buffer.from([unused]), content]));
}

/** Returns an element tagged by its place: `[n]`, constructed unless said otherwise. */
export function tagged(number: number, content: Uint8Array, constructed = true): Buffer {
  return element((constructed ? 0xa0 : 0x80) | number, content);
}

/** Returns TRUE. */
export function trueValue(): Buffer {
  return element(1, Buffer.from([0xff]));
}

/** Returns a text as Go chooses: PrintableString where it can be one, else UTF8String. */
export function text(value: string): Buffer {
  const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value);
  return element(printable ? tags.printable : tags.utf8, Buffer.from(value, "utf8"));
}

/** Returns a time to the second: UTCTime for the years 1950 to 2049, else GeneralizedTime. */
export function time(epochMs: number): Buffer {
  const digits = new Date(Math.floor(epochMs / 1000) * 1000).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  const year = Number(digits.slice(0, 4));
  if (year >= 1950 && year < 2050) return element(tags.utcTime, Buffer.from(digits.slice(2)));
  return element(tags.generalizedTime, Buffer.from(digits));
}

/** Returns DER in PEM armour, 64 characters per line, as Go's `pem.Encode`. */
export function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
