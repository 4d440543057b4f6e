/**
 * What ranges of bytes mean, learned as they come: a map whose keys are looked up in place, without a string or a copy for each look.
 * A key is found by its length and a few of its bytes, and then compared whole. Bounded: when it is full it is emptied and learns again.
 */
export class LearnedBytes<Meaning> {
  private readonly byHash = new Map<number, { readonly bytes: DataView; readonly meaning: Meaning }[]>();
  private size = 0;
  private readonly looked = new LookedAt();

  constructor(private readonly sizeMax: number) {}

  find(bytes: Buffer, start: number, end: number): Meaning | undefined {
    const candidates = this.byHash.get(hashOf(bytes, start, end));
    if (candidates === undefined) return undefined;
    const looked = this.looked.of(bytes);
    for (const candidate of candidates)
      if (candidate.bytes.byteLength === end - start && isAt(looked, start, candidate.bytes)) return candidate.meaning;
    return undefined;
  }

  /** Keeps a copy of the range. */
  learn(bytes: Buffer, start: number, end: number, meaning: Meaning): void {
    if (this.find(bytes, start, end) !== undefined) return;
    if (this.size >= this.sizeMax) {
      this.byHash.clear();
      this.size = 0;
    }
    const hash = hashOf(bytes, start, end);
    const entry = { bytes: new DataView(new Uint8Array(bytes.subarray(start, end)).buffer), meaning };
    const candidates = this.byHash.get(hash);
    if (candidates) candidates.push(entry);
    else this.byHash.set(hash, [entry]);
    this.size++;
  }
}

/** Every third byte: values of a few characters leave a trace, at a third of the cost. */
function hashOf(bytes: Buffer, start: number, end: number): number {
  let hash = end - start;
  for (let at = end - 1; at >= start; at -= 3) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
  return hash;
}

const wordBytes = 4;

/** In words and not by `Buffer.compare`, whose call alone takes longer than a comparison of some two hundred bytes here. */
function isAt(bytes: DataView, start: number, expected: DataView): boolean {
  const { byteLength } = expected;
  let at = 0;
  for (; at + wordBytes <= byteLength; at += wordBytes)
    if (bytes.getInt32(start + at) !== expected.getInt32(at)) return false;
  for (; at < byteLength; at++) if (bytes.getUint8(start + at) !== expected.getUint8(at)) return false;
  return true;
}

/** The bytes of the last look as a view of words: thousands of looks go to the bytes of one fetch. */
class LookedAt {
  private bytes: Buffer | undefined;
  private view: DataView = new DataView(new ArrayBuffer(0));

  of(bytes: Buffer): DataView {
    if (this.bytes !== bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.view;
  }
}
