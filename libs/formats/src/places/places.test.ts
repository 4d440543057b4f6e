import { describe, expect, it } from '@jest/globals';
import { hubs, isUnLocode, partners } from '@landbridge/domain';
import { zonedTime } from './local-time.js';
import { placeOfIata, placeOfLocode } from './places.js';

describe('placeOfIata', () => {
  it('knows the airports that Zhengzhou flies to', () => {
    expect(placeOfIata('CGO')).toEqual({
      name: 'Zhengzhou Xinzheng',
      country: 'CN',
      timeZone: 'Asia/Shanghai',
      locode: 'CNCGO',
      iata: 'CGO',
    });
    expect(placeOfIata('LUX')).toMatchObject({ country: 'LU', timeZone: 'Europe/Luxembourg', locode: 'LULUX' });
    expect(placeOfIata('ORD')).toMatchObject({ country: 'US', timeZone: 'America/Chicago', locode: 'USORD' });
    expect(placeOfIata('HKG')).toMatchObject({ country: 'HK', timeZone: 'Asia/Hong_Kong' });
  });

  it('knows cities with several airports, and codes that are no longer in use', () => {
    expect(placeOfIata('LON')).toMatchObject({ country: 'GB', locode: 'GBLON', timeZone: 'Europe/London' });
    expect(placeOfIata('FRU')).toMatchObject({ country: 'KG' });
  });

  it('never makes a UN/LOCODE of an IATA code', () => {
    expect(placeOfIata('SDF')?.locode).toBe('USLUI'); // USSDF is Smiths Creek.
    expect(placeOfIata('XIY')?.locode).toBe('CNSIA'); // CNXIY is Xinyi.
    expect(placeOfIata('LTN')?.locode).not.toBe('GBLTN'); // GBLTN is Linton.
    expect(placeOfIata('ERL')?.locode).toBe('CNERC');
    expect(placeOfIata('NLU')).toMatchObject({ country: 'MX', timeZone: 'America/Mexico_City' });
    expect(placeOfIata('NLU')).not.toHaveProperty('locode');
  });

  it.each(['', 'ZZZ', 'cgo', 'CGOX', '__proto__'])('does not know %j', (code) => {
    expect(placeOfIata(code)).toBeUndefined();
  });

  it('knows every hub, in its own zone', () => {
    for (const { code, zone } of hubs) expect(placeOfIata(code)).toMatchObject({ country: 'CN', timeZone: zone });
  });

  it('has a time zone that this Node knows, and a well-formed UN/LOCODE of its country, for each of its airports', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');
    const codes = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
    const noon = { year: 2026, month: 1, day: 1, hour: 12, minute: 0, second: 0 };
    let known = 0;
    for (const code of codes) {
      const place = placeOfIata(code);
      if (place === undefined) continue;
      known++;
      if (zonedTime(noon, place.timeZone ?? '') === undefined) throw new Error(`${code}: ${place.timeZone}`);
      if (place.locode !== undefined && !(isUnLocode(place.locode) && place.locode.startsWith(place.country)))
        throw new Error(`${code}: ${place.locode}`);
      expect(place.iata).toBe(code);
    }
    expect(known).toBeGreaterThan(7_500);
  });
});

describe('placeOfLocode', () => {
  it('tells the three codes of Zhengzhou from Chongzuo', () => {
    expect(['CNZGZ', 'CNCGO', 'CNZZZ'].map((code) => placeOfLocode(code)?.name)).toEqual([
      'Zhengzhou',
      'Zhengzhou Xinzheng',
      'Zhengzhou railway station',
    ]);
    expect(placeOfLocode('CNCGZ')?.name).toBe('Chongzuo');
  });

  it('gives a place with two codes one name', () => {
    expect(placeOfLocode('CNRLC')).toEqual(placeOfLocode('CNERC'));
    expect(placeOfLocode('CNRLC')).toEqual({
      name: 'Erenhot',
      country: 'CN',
      timeZone: 'Asia/Shanghai',
      locode: 'CNERC',
    });
  });

  it('knows the land bridge from end to end', () => {
    expect(placeOfLocode('KZHOR')).toMatchObject({ timeZone: 'Asia/Almaty' });
    expect(placeOfLocode('PLMAA')).toMatchObject({ name: 'Malaszewicze', timeZone: 'Europe/Warsaw' });
    expect(placeOfLocode('RURZH')).toMatchObject({ name: 'Selyatino', timeZone: 'Europe/Moscow' });
    expect(placeOfLocode('DEHAM')).toMatchObject({ name: 'Hamburg', timeZone: 'Europe/Berlin' });
  });

  it('reads the zone of a place that nobody listed from its country, where that has a single one', () => {
    expect(placeOfLocode('DEXQZ')).toEqual({
      name: 'DEXQZ',
      country: 'DE',
      timeZone: 'Europe/Berlin',
      locode: 'DEXQZ',
    });
    expect(placeOfLocode('USXQZ')).toEqual({ name: 'USXQZ', country: 'US', locode: 'USXQZ' });
  });

  it('tells places of countries with several zones apart', () => {
    expect(placeOfLocode('USNYC')?.timeZone).toBe('America/New_York');
    expect(placeOfLocode('USLGB')?.timeZone).toBe('America/Los_Angeles');
    expect(placeOfLocode('USORD')?.timeZone).toBe('America/Chicago');
    expect(placeOfLocode('ESLPA')?.timeZone).toBe('Atlantic/Canary');
    expect(placeOfLocode('AUPER')?.timeZone).toBe('Australia/Perth');
  });

  it.each(['', 'QQABC', 'CN', 'CNCG0', 'cncgo', 'CNCGOX'])('does not know %j', (code) => {
    expect(placeOfLocode(code)).toBeUndefined();
  });

  it('knows the country of every partner', () => {
    const unknown = partners.filter(({ code }) => placeOfLocode(`${code}ABC`) === undefined);
    expect(unknown.map(({ code }) => code)).toEqual([]);
  });
});
