/**
 * Which hub a customs office belongs to. The first two digits of the four are the customs district; district 46 is Zhengzhou's, which is
 * the whole province of Henan. Its offices at Xinzheng airport, the railway port and the bonded zones are all of this hub; the few in
 * Luoyang, Nanyang and other cities are counted with them, because the message does not tell a city.
 */
interface CustomsDistrict {
  readonly hub: string;
  /** UN/LOCODE of the city where the district sits. */
  readonly place: string;
}

const districts: ReadonlyMap<string, CustomsDistrict> = new Map([['46', { hub: 'CGO', place: 'CNZGZ' }]]);

/** The hub and place of a customs office, or undefined where the office is no hub's that is known here. */
export function districtOf(customsCode: string): CustomsDistrict | undefined {
  return /^\d{4}$/.test(customsCode) ? districts.get(customsCode.slice(0, 2)) : undefined;
}

/** The office that gave a list its number: `invtNo` is office, year, I or E, serial. Undefined where it has another form. */
export function officeOfList(invtNo: string): string | undefined {
  return /^(\d{4})\d{4}[IE][0-9A-Z]{9}$/.exec(invtNo)?.[1];
}
