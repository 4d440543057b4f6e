/**
 * What ranges of bytes mean, learned as they come: a map whose keys are looked up in place, without a string or a copy for each look.
 * A key is found by its length and a few of its bytes, and then compared whole. Bounded: when it is full it is emptied and learns again.
 */
export class LearnedBytes<Meaning> {
  private readonly byHash = new Map<number, { readonly bytes: Buffer; readonly meaning: Meaning }[]>();
  private size = 0;

  constructor(private readonly sizeMax: number) {}

  find(bytes: Buffer, start: number, end: number): Meaning | undefined {
    const candidates = this.byHash.get(hashOf(bytes, start, end));
    if (candidates === undefined) return undefined;
    for (const candidate of candidates)
      if (candidate.bytes.length === end - start && isAt(bytes, start, candidate.bytes)) return candidate.meaning;
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
    const entry = { bytes: Buffer.from(bytes.subarray(start, end)), meaning };
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

/** The call into the buffer's own comparison pays off beyond some fifty bytes. */
function isAt(bytes: Buffer, start: number, expected: Buffer): boolean {
  return expected.compare(bytes, start, start + expected.length) === 0;
}
