import { describe, expect, test } from '@jest/globals';
import { isUnLocode } from '../identifiers.js';
import { homeHub, hubByCode, hubs, isHub } from './hubs.js';
import { hasMemorandum, isPartner, partnerByCode, partners, statementContinentOf } from './partners.js';
import { isOneOfNine, portOfEntryByCode, portsOfEntry, type PortOfEntryClass } from './ports-of-entry.js';
import { allowsDirection, tradeModeByCode, tradeModes } from './trade-modes.js';

/** The ISO 3166-1 codes that are not partners, China first: with the partners they make up the whole standard, 249 codes. */
const notPartners = 'CN AQ BV GS HM IO TF UM AX BL MF BQ CC CX NF GG IM JE SJ VA EH PN TK'.split(' ');

function distinct(values: readonly string[]): number {
  return new Set(values).size;
}

describe('partners', () => {
  test('are the 226 countries and regions of the published statement', () => {
    expect(partners).toHaveLength(226);
    expect(distinct(partners.map((partner) => partner.code))).toBe(226);
    expect(distinct(partners.map((partner) => partner.name))).toBe(226);
    expect(partners.filter((partner) => !/^[A-Z]{2}$/.test(partner.code))).toEqual([]);
  });

  test('leave out the 22 named territories and China, and with them make up ISO 3166-1', () => {
    expect(notPartners.filter(isPartner)).toEqual([]);
    expect(distinct([...partners.map((partner) => partner.code), ...notPartners])).toBe(249);
  });

  test('include Hong Kong, Macao and Taiwan as regions', () => {
    expect(['HK', 'MO', 'TW'].map((code) => partnerByCode(code)?.continent)).toEqual(['asia', 'asia', 'asia']);
  });

  test('have 22 e-commerce memoranda over five continents', () => {
    const signed = partners.filter((partner) => partner.memorandum);
    expect(signed).toHaveLength(22);
    expect(signed.every((partner) => hasMemorandum(partner.code))).toBe(true);
    expect(new Set(signed.map((partner) => statementContinentOf(partner.continent)))).toEqual(
      new Set(['asia', 'europe', 'africa', 'americas', 'oceania']),
    );
  });

  test('tell a country with a memorandum from one without', () => {
    expect(hasMemorandum('CL')).toBe(true);
    expect(hasMemorandum('DE')).toBe(false);
    expect(partnerByCode('DE')).toEqual({ code: 'DE', name: 'Germany', continent: 'europe', memorandum: false });
    expect(partnerByCode('de')).toBeUndefined();
  });
});

describe('hubs', () => {
  test('have Zhengzhou with its city and airport codes', () => {
    expect(hubByCode(homeHub)).toEqual({
      code: 'CGO',
      places: ['CNZGZ', 'CNCGO', 'CNZZZ'],
      name: 'Zhengzhou Xinzheng',
      city: 'Zhengzhou',
      province: { code: 'CN-HA', name: 'Henan' },
      provincialCapital: true,
      unLocode: 'CNZGZ',
      airportUnLocode: 'CNCGO',
      zone: 'Asia/Shanghai',
    });
  });

  test('have one row a code and a city, and well-formed codes', () => {
    expect(distinct(hubs.map((hub) => hub.code))).toBe(hubs.length);
    expect(distinct(hubs.map((hub) => hub.city))).toBe(hubs.length);
    expect(hubs.filter((hub) => hub.unLocode !== undefined && !isUnLocode(hub.unLocode))).toEqual([]);
    expect(hubs.map((hub) => hub.unLocode)).not.toContain('CNCGZ');
  });

  test('do not take municipalities for provincial capitals, and have one capital a province', () => {
    expect(['PEK', 'PVG', 'TSN', 'CKG', 'SZX'].map((code) => hubByCode(code)?.provincialCapital)).toEqual(
      Array.from({ length: 5 }, () => false),
    );
    const capitals = hubs.filter((hub) => hub.provincialCapital);
    expect(distinct(capitals.map((hub) => hub.province.code))).toBe(capitals.length);
  });

  test('refuse a code that is not in the table', () => {
    expect(isHub('CGO')).toBe(true);
    expect(isHub('LHR')).toBe(false);
    expect(hubByCode('cgo')).toBeUndefined();
  });
});

function ofClass(wanted: PortOfEntryClass): string[] {
  return portsOfEntry.filter((port) => port.class === wanted).map((port) => port.code);
}

describe('ports of entry', () => {
  test('are one airport port, one bonded zone and seven designated ports', () => {
    expect(ofClass('first-class-airport-port')).toEqual(['airport']);
    expect(ofClass('comprehensive-bonded-zone')).toEqual(['bonded-zone']);
    expect(ofClass('designated-port')).toEqual([
      'meat',
      'live-cattle',
      'fruit',
      'edible-aquatic',
      'chilled-aquatic',
      'mail-transit',
      'drug-import',
    ]);
    expect(portsOfEntry.filter(isOneOfNine)).toHaveLength(9);
  });

  test('keep the railway port out of the nine', () => {
    expect(isOneOfNine(portOfEntryByCode('rail-putian')!)).toBe(false);
    expect(ofClass('other')).toEqual(['rail-putian', 'automobile', 'grain']);
    expect(portOfEntryByCode('sea')).toBeUndefined();
  });

  test('have one row a code', () => {
    expect(distinct(portsOfEntry.map((port) => port.code))).toBe(portsOfEntry.length);
  });
});

describe('trade modes', () => {
  test('are the five of cross-border e-commerce and general trade', () => {
    expect(tradeModes.map((mode) => mode.code)).toEqual(['0110', '1210', '1239', '9610', '9710', '9810']);
    expect(tradeModeByCode('1210')?.model).toBe('B2B2C');
    expect(tradeModeByCode('1234')).toBeUndefined();
  });

  test('allow only the directions that customs know', () => {
    expect(tradeModes.filter((mode) => allowsDirection(mode.code, 'inbound')).map((mode) => mode.code)).toEqual([
      '0110',
      '1210',
      '1239',
      '9610',
    ]);
    expect(tradeModes.filter((mode) => allowsDirection(mode.code, 'outbound')).map((mode) => mode.code)).toEqual([
      '0110',
      '1210',
      '9610',
      '9710',
      '9810',
    ]);
    expect(allowsDirection('1210', 'transit')).toBe(false);
    expect(allowsDirection('9999', 'inbound')).toBe(false);
  });
});
