import { describe, expect, test } from '@jest/globals';
import { idempotencyKeyOf } from './idempotency-key.js';

describe('the idempotency key of a request', () => {
  test.each([
    ['"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['"two words, one key;"', 'two words, one key;'],
    [' k ', 'k'],
    ['x'.repeat(255), 'x'.repeat(255)],
  ])('%s is %s', (header, idempotencyKey) => {
    expect(idempotencyKeyOf({ 'idempotency-key': header })).toEqual({ ok: true, idempotencyKey });
  });

  test('may be absent', () => {
    expect(idempotencyKeyOf({})).toEqual({ ok: true, idempotencyKey: undefined });
  });

  test.each(['', '""', 'two words', 'a;b', 'a,b', '"open', 'ä', '"a"b"', 'x'.repeat(256)])('%j is none', (header) => {
    expect(idempotencyKeyOf({ 'idempotency-key': header })).toMatchObject({
      ok: false,
      problem: { code: 'invalid_parameter', path: 'Idempotency-Key' },
    });
  });
});
