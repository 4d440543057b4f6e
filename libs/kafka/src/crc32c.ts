/**
 * CRC-32C (Castagnoli), the check sum of Kafka's record batches. Four bytes a step with four tables ("slicing by four"): three times as
 * fast as byte by byte, which is how kafkajs counts it.
 * @see https://www.rfc-editor.org/rfc/rfc3720 appendix B.4, for the test vectors
 */
const polynomial = 0x82f63b78;
const tableLength = 256;

const tables = [
  new Int32Array(tableLength),
  new Int32Array(tableLength),
  new Int32Array(tableLength),
  new Int32Array(tableLength),
] as const;
for (let byte = 0; byte < tableLength; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  tables[0][byte] = crc;
}
for (let byte = 0; byte < tableLength; byte++)
  for (let step = 1; step < tables.length; step++) {
    const before = tables[step - 1]![byte]!;
    tables[step]![byte] = (before >>> 8) ^ tables[0][before & 0xff]!;
  }

/** The check sum of `bytes[start..end)`, from 0 to 2^32 - 1. */
export function crc32c(bytes: Uint8Array, start: number, end: number): number {
  const [first, second, third, fourth] = tables;
  let crc = -1;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc = fourth[crc & 0xff]! ^ third[(crc >>> 8) & 0xff]! ^ second[(crc >>> 16) & 0xff]! ^ first[crc >>> 24]!;
  }
  for (; at < end; at++) crc = first[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
