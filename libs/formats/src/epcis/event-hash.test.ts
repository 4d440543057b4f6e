import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { eventHashId, preHashOf } from './event-hash.js';

/** Published vectors of the reference implementation, version CBV2.0: the events written anew, the hashes as published. */
describe('published vectors', () => {
  test('of a departure with a business transaction and parties', () => {
    const event = {
      type: 'ObjectEvent',
      eventTime: '2022-02-16T12:50:00+01:00',
      eventTimeZoneOffset: '+01:00',
      epcList: ['urn:epc:id:sscc:4012345.1112223334'],
      action: 'OBSERVE',
      bizStep: 'departing',
      readPoint: { id: 'urn:epc:id:sgln:4012345.00022.0' },
      bizTransactionList: [{ bizTransaction: 'urn:epcglobal:cbv:bt:4012345000009:ASN1099', type: 'desadv' }],
      sourceList: [{ type: 'possessing_party', source: 'urn:epc:id:pgln:4012345.00000' }],
      destinationList: [{ type: 'possessing_party', destination: 'urn:epc:id:pgln:4023333.00000' }],
    };
    expect(eventHashId(event)).toBe(
      'ni:///sha-256;2919bf0587534fef0e25eea97b5dda68f345e6bbf2c6b4cb27b2a52e0039272b?ver=CBV2.0',
    );
  });

  test('of an event at geographical coordinates', () => {
    const event = {
      type: 'ObjectEvent',
      eventTime: '2022-02-16T15:50:00.000Z',
      eventTimeZoneOffset: '+01:00',
      epcList: ['https://id.gs1.org/00/140123451122233341'],
      action: 'OBSERVE',
      bizStep: 'https://ref.gs1.org/cbv/BizStep-transporting',
      readPoint: { id: 'geo:47.506694,11.104301' },
    };
    expect(eventHashId(event)).toBe(
      'ni:///sha-256;1d2ec4174d8f0b5988a44795b31a636e8bc7f88ebc4bdc0d35c14f215a842e80?ver=CBV2.0',
    );
  });

  test('of sensor readings', () => {
    const event = {
      type: 'ObjectEvent',
      eventTime: '2020-04-01T15:00:00+01:00',
      eventTimeZoneOffset: '+01:00',
      epcList: ['urn:epc:id:sgtin:4012345.011111.9876'],
      action: 'OBSERVE',
      bizStep: 'urn:epcglobal:cbv:bizstep:inspecting',
      readPoint: { id: 'urn:epc:id:sgln:4012345.00005.0' },
      sensorElementList: [
        {
          sensorMetadata: {
            deviceID: 'urn:epc:id:giai:4000001.111',
            deviceMetadata: 'https://id.gs1.org/8004/4000001111',
          },
          sensorReport: [
            {
              type: 'Dimensionless',
              uom: 'C35',
              value: 0.05,
              microorganism: 'https://www.ncbi.nlm.nih.gov/taxonomy/1126011',
            },
            { type: 'Temperature', value: 26.0, sDev: 0.1, uom: 'CEL' },
            {
              type: 'Dimensionless',
              chemicalSubstance: 'urn:epcglobal:cbv:inchikey:CZMRCDWAGMRECN-UGDNZRGBSA-N',
              value: 0.18,
              uom: 'C35',
            },
            { type: 'AbsoluteHumidity', value: 12.1, uom: 'A93' },
          ],
        },
      ],
    };
    expect(eventHashId(event)).toBe(
      'ni:///sha-256;271565c346ae2fb28c4583c4dca4ab4772d465eb4e0b6e548d77d8b49377d95c?ver=CBV2.0',
    );
  });

  test("of a sender's own fields", () => {
    const event = {
      type: 'ObjectEvent',
      eventTime: '2020-03-04T11:00:30+01:00',
      eventTimeZoneOffset: '+01:00',
      epcList: ['urn:epc:id:sgtin:0614141.011111.987'],
      action: 'OBSERVE',
      bizStep: 'departing',
      disposition: 'in_transit',
      readPoint: { id: 'urn:epc:id:sgln:4012345.00011.0', 'example:myField1': 'AB-12' },
      bizTransactionList: [{ type: 'po', bizTransaction: 'urn:epc:id:gdti:4012345.11111.123' }],
      sourceList: [{ type: 'owning_party', source: 'urn:epc:id:pgln:4012345.00000' }],
      destinationList: [{ type: 'owning_party', destination: 'urn:epc:id:pgln:0614141.00000' }],
      'example:userExt': 'CD-34',
    };
    expect(eventHashId(event, [['https://example.org/context', { example: 'https://ns.example.com/epcis/' }]])).toBe(
      'ni:///sha-256;3ae14c02c4bdc220cc31942cf804f6845eb8dec96ba6483391c92a9b165f9329?ver=CBV2.0',
    );
  });

  test('of all GS1 keys, as URNs, classes and patterns', () => {
    const event = {
      type: 'ObjectEvent',
      eventTime: '2023-03-27T13:30:00+02:00',
      eventTimeZoneOffset: '+01:00',
      epcList: [
        'urn:epc:id:sscc:4012345.0000000333',
        'urn:epc:id:sscc:4012345.0000000333',
        'urn:epc:id:sgtin:4012345.012345.12',
        'urn:epc:id:upui:4012345.012345.AB12',
        'urn:epc:id:gdti:4012345.55555.98',
        'urn:epc:id:sgcn:4012345.99999.44',
        'urn:epc:id:ginc:4012345.333',
        'urn:epc:id:gsin:4012345.999987654',
        'urn:epc:id:grai:4012345.66666.87',
        'urn:epc:id:giai:4012345.AAbb',
        'urn:epc:id:itip:4012345.012345.01.02.999',
        'urn:epc:id:cpi:4012345.ABC.123',
        'urn:epc:id:gsrnp:4012345.0000098765',
        'urn:epc:id:gsrn:4012345.9876540000',
      ],
      quantityList: [
        'urn:epc:idpat:sgtin:4054739.099914.*',
        'urn:epc:class:lgtin:4054739.099914.20160711',
        'urn:epc:idpat:gdti:4012345.55555.*',
        'urn:epc:idpat:sgcn:4012345.99999.*',
        'urn:epc:idpat:grai:4012345.66666.*',
        'urn:epc:idpat:itip:4012345.012345.01.02.*',
        'urn:epc:idpat:cpi:4012345.ABC.*',
      ].map((epcClass) => ({ epcClass })),
      action: 'OBSERVE',
      bizStep: 'other',
      readPoint: { id: 'urn:epc:id:sgln:4012345.00011.987' },
    };
    expect(preHashOf(event)).toContain('epc=https://id.gs1.org/00/040123450000003338');
    expect(eventHashId(event)).toBe(
      'ni:///sha-256;40744f32beff53a4bf5bb5956d465cb52de5bbcc9f131409d8efb903b04d9351?ver=CBV2.0',
    );
  });
});

describe('the event hash', () => {
  const event = {
    type: 'AggregationEvent',
    eventTime: '2026-03-03T09:15:00.1234+08:00',
    eventTimeZoneOffset: '+08:00',
    parentID: 'urn:epc:id:sscc:6901234.1234567890',
    childEPCs: ['urn:epc:id:sgtin:6901234.012345.2', 'urn:epc:id:sgtin:6901234.012345.1'],
    childQuantityList: [{ epcClass: 'urn:epc:idpat:sgtin:6901234.098765.*', quantity: 200.5, uom: 'KGM' }],
    action: 'OBSERVE',
    bizStep: 'loading',
    persistentDisposition: { set: ['completeness_verified'], unset: ['completeness_inferred'] },
    ilmd: { 'a:lot': '007', 'a:list': [2, 1] },
    'a:outer': { 'a:inner': true },
  };
  const contexts = [{ a: 'https://a.example/' }];

  test('is of one text, in order, with each value in one spelling', () => {
    expect(preHashOf(event, contexts)).toBe(
      'eventType=AggregationEventeventTime=2026-03-03T01:15:00.123ZeventTimeZoneOffset=+08:00' +
        'parentID=https://id.gs1.org/00/169012342345678902' +
        'childEPCsepc=https://id.gs1.org/01/06901234123456/21/1epc=https://id.gs1.org/01/06901234123456/21/2' +
        'childQuantityListquantityElementepcClass=https://id.gs1.org/01/06901234987652quantity=200.5uom=KGM' +
        'action=OBSERVEbizStep=https://ref.gs1.org/cbv/BizStep-loading' +
        'persistentDispositionset=https://ref.gs1.org/cbv/Disp-completeness_verified' +
        'unset=https://ref.gs1.org/cbv/Disp-completeness_inferred' +
        'ilmd{https://a.example/}list=1{https://a.example/}list=2{https://a.example/}lot=7' +
        '{https://a.example/}outer{https://a.example/}inner=true',
    );
    const hash = createHash('sha256').update(preHashOf(event, contexts)).digest('hex');
    expect(eventHashId(event, contexts)).toBe(`ni:///sha-256;${hash}?ver=CBV2.0`);
  });

  test('does not change with the id, the time of recording, an error declaration, the order of lists or blanks', () => {
    const same = {
      ...event,
      eventID: 'urn:uuid:1',
      recordTime: '2026-03-04T00:00:00Z',
      errorDeclaration: { reason: 'did_not_occur' },
      childEPCs: event.childEPCs.toReversed(),
      action: ' OBSERVE ',
      eventTime: '2026-03-03T01:15:00.123Z',
    };
    expect(eventHashId(same, contexts)).toBe(eventHashId(event, contexts));
  });

  test('rounds to milliseconds', () => {
    const at = (eventTime: string): string => preHashOf({ type: 'ObjectEvent', eventTime });
    expect(at('2026-03-03T09:15:00.1235+08:00')).toContain('01:15:00.124Z');
    expect(at('2026-03-03T09:15:59.9999+08:00')).toContain('01:16:00.000Z');
    expect(at('nonsense')).toContain('eventTime=nonsense');
  });

  test.each([
    'childEPCs',
    'parentID',
    'bizStep',
    'action',
    'ilmd',
    'a:outer',
    'childQuantityList',
    'persistentDisposition',
  ])('changes when %s is left out', (name) => {
    expect(eventHashId({ ...event, [name]: undefined }, contexts)).not.toBe(eventHashId(event, contexts));
  });
});
