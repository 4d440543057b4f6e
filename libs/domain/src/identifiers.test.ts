import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  awbCheckDigit,
  canonicalTrainNumber,
  cimCheckDigit,
  containerCheckDigit,
  isAwb,
  isCimNumber,
  isContainerNumber,
  isTrainNumber,
  isUicWagon,
  isUldNumber,
  isUnLocode,
  uicWagonCheckDigit,
} from './identifiers.js';

const digits = (count: number) => fc.stringMatching(new RegExp(`^\\d{${count}}$`));
const containerBodies = fc.stringMatching(/^[A-Z]{3}[UJZ]\d{6}$/);

/** Every text that differs from the given one in exactly one digit, with the two digits. */
function* digitChanges(text: string): Generator<{ changed: string; at: number; from: number; to: number }> {
  for (let at = 0; at < text.length; at++) {
    const from = text.charCodeAt(at) - 48;
    if (from < 0 || from > 9) continue;
    for (let to = 0; to <= 9; to++)
      if (to !== from) yield { changed: text.slice(0, at) + to + text.slice(at + 1), at, from, to };
  }
}

describe('air waybill number', () => {
  test.each(['157-53806270', '157-41266466', '020-12345675', '020-81140743', '921-10667893'])('%s is valid', (awb) => {
    expect(isAwb(awb)).toBe(true);
  });

  test.each([
    '157-53806271',
    '157-53806277',
    '157-53806278',
    '157-53806279',
    '15753806270',
    '157-5380627',
    '157-538062700',
    '15A-53806270',
    '157-53806270\n',
    ' 157-53806270',
    '',
  ])('%j is not', (awb) => {
    expect(isAwb(awb)).toBe(false);
  });

  test('catches one changed digit of serial or check, except by seven', () => {
    fc.assert(
      fc.property(digits(3), digits(7), (prefix, serial) => {
        const awb = `${prefix}-${serial}${awbCheckDigit(serial)}`;
        expect(isAwb(awb)).toBe(true);
        for (const { changed, at, from, to } of digitChanges(awb)) {
          const inPrefix = at < 3;
          const bySevenInSerial = at < 11 && Math.abs(from - to) === 7;
          expect(isAwb(changed)).toBe(inPrefix || bySevenInSerial);
        }
      }),
    );
  });
});

describe('container number', () => {
  test.each(['CSQU3054383', 'APZU4812090', 'TCLU4265243'])('%s is valid', (container) => {
    expect(isContainerNumber(container)).toBe(true);
  });

  test.each([
    'MSCU1234567',
    'CSQX3054383',
    'csqu3054383',
    'CSQU305438',
    'CSQU30543833',
    'CSQU 305438 3',
    'C1QU3054383',
    '',
  ])('%j is not', (container) => {
    expect(isContainerNumber(container)).toBe(false);
  });

  test('the digit that vendors get wrong is 6', () => {
    expect(containerCheckDigit('MSCU123456')).toBe(6);
  });

  test('catches one changed digit, except where the remainder moves between 0 and 10', () => {
    fc.assert(
      fc.property(containerBodies, (body) => {
        const check = containerCheckDigit(body);
        const container = body + check;
        expect(isContainerNumber(container)).toBe(true);
        for (const { changed, at, from, to } of digitChanges(container)) {
          // A change of one serial digit moves the sum by a non-zero remainder; only 0 <-> 10 keeps the digit, and it is then 0.
          const shift = at < 10 ? ((((to - from) * 2 ** at) % 11) + 11) % 11 : 0;
          const blind =
            at < 10 && check === 0 && (shift === 10 || shift === 1) && containerCheckDigit(changed.slice(0, 10)) === 0;
          expect(isContainerNumber(changed)).toBe(blind);
        }
      }),
    );
  });

  test('does not tell letters apart whose values are eleven apart', () => {
    expect(containerCheckDigit('AAAU305438')).toBe(containerCheckDigit('KKKU305438'));
    expect(containerCheckDigit('AAAU305438')).not.toBe(containerCheckDigit('BAAU305438'));
  });
});

describe('unit load device number', () => {
  test.each(['PMC72534QR', 'AKE0001XH', 'AKE12345CV', 'AKE1234ABC', 'PMC123453U'])('%s is valid', (uld) => {
    expect(isUldNumber(uld)).toBe(true);
  });

  test.each(['PMC12345ABC', 'PMC123QR', 'PM172534QR', 'AKE12345', 'ake0001xh', 'AKE 0001 XH', ''])(
    '%j is not',
    (uld) => {
      expect(isUldNumber(uld)).toBe(false);
    },
  );
});

describe('UIC wagon number', () => {
  test.each(['218124712173', '518008430010', '218015590845'])('%s is valid', (wagon) => {
    expect(isUicWagon(wagon)).toBe(true);
  });

  test.each(['218124712174', '21812471217-3', '21812471217', '2181247121733', '52012345', ''])('%j is not', (wagon) => {
    expect(isUicWagon(wagon)).toBe(false);
  });

  test('catches every single changed digit', () => {
    fc.assert(
      fc.property(digits(11), (body) => {
        const wagon = body + uicWagonCheckDigit(body);
        expect(isUicWagon(wagon)).toBe(true);
        for (const { changed } of digitChanges(wagon)) expect(isUicWagon(changed)).toBe(false);
      }),
    );
  });

  test('catches two neighbours exchanged, except 0 and 9', () => {
    fc.assert(
      fc.property(digits(11), fc.integer({ min: 0, max: 10 }), (body, at) => {
        const wagon = body + uicWagonCheckDigit(body);
        const [left, right] = [wagon[at]!, wagon[at + 1]!];
        const exchanged = wagon.slice(0, at) + right + left + wagon.slice(at + 2);
        expect(isUicWagon(exchanged)).toBe(left === right || left + right === '09' || left + right === '90');
      }),
    );
  });
});

describe('CIM consignment number', () => {
  test('70268 has the check digit 8', () => {
    expect(cimCheckDigit('70268')).toBe(8);
    expect(isCimNumber('702688')).toBe(true);
    expect(isCimNumber('702689')).toBe(false);
    expect(isCimNumber('70268')).toBe(false);
  });

  test('catches every single changed digit', () => {
    fc.assert(
      fc.property(digits(5), (body) => {
        const number = body + cimCheckDigit(body);
        expect(isCimNumber(number)).toBe(true);
        for (const { changed } of digitChanges(number)) expect(isCimNumber(changed)).toBe(false);
      }),
    );
  });
});

describe('UN/LOCODE', () => {
  test.each(['CNZGZ', 'CNCGO', 'PLMAA', 'US2AB'])('%s has the form', (code) => {
    expect(isUnLocode(code)).toBe(true);
  });

  test.each(['CNZG', 'CNZGZZ', 'CN1GZ', 'CN0GZ', 'C2ZGZ', 'cnzgz', 'CN ZGZ', ''])('%j has not', (code) => {
    expect(isUnLocode(code)).toBe(false);
  });
});

describe('train number', () => {
  test.each([
    ['X8155', 'X8155'],
    ['8202', 'X8202'],
    ['X9041', 'X9041'],
  ])('%s is written %s', (text, canonical) => {
    expect(canonicalTrainNumber(text)).toBe(canonical);
    expect(isTrainNumber(canonical)).toBe(true);
  });

  test('is canonical only with its X', () => {
    expect(isTrainNumber('8202')).toBe(false);
  });

  test.each(['X7155', 'XX8155', 'x8155', 'X815', 'X81555', 'K8155', ''])('%j is not one', (text) => {
    expect(canonicalTrainNumber(text)).toBeUndefined();
    expect(isTrainNumber(text)).toBe(false);
  });
});

test('a check digit of a malformed body is a bug of the caller', () => {
  expect(() => awbCheckDigit('123')).toThrow(RangeError);
  expect(() => containerCheckDigit('MSCU12345')).toThrow(RangeError);
  expect(() => uicWagonCheckDigit('2181247121x')).toThrow(RangeError);
  expect(() => cimCheckDigit('702688')).toThrow(RangeError);
});
