/**
 * The size of a freight container by the first character of its ISO size and type code (`45G1`: 40 feet long).
 * @see ISO 6346, annex on length codes; the older edition's codes have the same first character for 10, 20, 30 and 40 feet
 */

/** Hundredths of a TEU by length code: the length in feet times five, 20 feet being one TEU. Lengths in metres are rounded to feet. */
const teuByLength: ReadonlyMap<string, number> = new Map([
  ['1', 50],
  ['2', 100],
  ['3', 150],
  ['4', 200],
  ['9', 225], // 45 feet before 1995
  ['A', 117],
  ['B', 120],
  ['C', 122],
  ['D', 122],
  ['E', 128],
  ['F', 133],
  ['G', 205],
  ['H', 215],
  ['K', 223],
  ['L', 225],
  ['M', 240],
  ['N', 245],
  ['P', 265],
]);

/** Hundredths of a TEU of a container with this size and type code (`22G1`, `L5G1`, `4EG1`), or undefined where its length is not known. */
export function teuHundredthsOf(sizeType: string): number | undefined {
  return teuByLength.get(sizeType.slice(0, 1).toUpperCase());
}

/** The length code of a container of so many hundredths of a TEU, or undefined: `4` for 200. */
export function lengthCodeOf(teuHundredths: number): string | undefined {
  for (const [code, hundredths] of teuByLength) if (hundredths === teuHundredths) return code;
  return undefined;
}
