/** What stands first in the BSON of a stored entity: enough to tell whether its state is known already. */
export interface EntityHeader {
  readonly sequence: number;
  readonly revision: string;
  readonly twin: number;
  /** As `encodeText` wrote it. */
  readonly id: string;
}

/** Cost: a few bytes are looked at; two texts are made. */
export function readHeader(bsonDocument: Uint8Array): EntityHeader {
  const bytes = Buffer.from(bsonDocument.buffer, bsonDocument.byteOffset, bsonDocument.byteLength);
  let at = 4;
  const element = (name: string): number | string => {
    const type = bytes[at] ?? 0;
    const end = bytes.indexOf(0, at + 1);
    if (bytes.toString('latin1', at + 1, end) !== name)
      throw new Error(`a stored entity has no ${name} where it stands`);
    at = end + 1;
    switch (type) {
      case bsonType.double:
        at += 8;
        return bytes.readDoubleLE(at - 8);
      case bsonType.int32:
        at += 4;
        return bytes.readInt32LE(at - 4);
      case bsonType.int64:
        at += 8;
        return Number(bytes.readBigInt64LE(at - 8));
      case bsonType.string: {
        const length = bytes.readInt32LE(at);
        at += 4 + length;
        return bytes.toString('utf8', at - length, at - 1);
      }
      default:
        throw new Error(`a stored entity has a ${name} of an unknown type`);
    }
  };
  return {
    sequence: Number(element('_id')),
    revision: String(element('revision')),
    twin: Number(element('twin')),
    id: String(element('id')),
  };
}

const bsonType = { double: 0x01, string: 0x02, int32: 0x10, int64: 0x12 };
