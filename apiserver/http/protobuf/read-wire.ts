/** One field of a protobuf message: a varint or fixed number, or bytes. */
export interface WireField {
  readonly number: number;
  readonly value: Buffer | bigint;
}

/** Returns the fields of a message in their order; throws RangeError when the bytes end too early or are no protobuf. */
export function readWire(bytes: Buffer): readonly WireField[] {
  const fields: WireField[] = [];
  const reading = { bytes, position: 0 };
  while (reading.position < bytes.length) {
    const tag = Number(readVarint(reading));
    fields.push({ number: tag >>> 3, value: readValue(reading, tag & 7) });
  }
  return fields;
}

interface Reading {
  readonly bytes: Buffer;
  position: number;
}

function readValue(reading: Reading, wireType: number): Buffer | bigint {
  switch (wireType) {
    case 0:
      return readVarint(reading);
    case 1:
      return take(reading, 8).readBigUInt64LE();
    case 2:
      return take(reading, Number(readVarint(reading)));
    case 5:
      return BigInt(take(reading, 4).readUInt32LE());
    default:
      throw new RangeError(`unknown wire type ${wireType}`);
  }
}

function take(reading: Reading, length: number): Buffer {
  const end = reading.position + length;
  if (end > reading.bytes.length) throw new RangeError("the message ends too early");
  const taken = reading.bytes.subarray(reading.position, end);
  reading.position = end;
  return taken;
}

function readVarint(reading: Reading): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reading.bytes[reading.position++];
    if (byte === undefined) throw new RangeError("the message ends too early");
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asIntN(64, value);
  }
  throw new RangeError("a number is too long");
}
