import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parseCarrierKey } from '@landbridge/contracts';
import { carrierKeyOf, newSecret } from './carrier-key-log.js';

describe('a new carrier key', () => {
  test('has 256 random bits in a form that goes into a header as it is', () => {
    const secrets = Array.from({ length: 200 }, newSecret);
    for (const secret of secrets) expect(secret).toMatch(/^lbk_[A-Za-z0-9_-]{43}$/);
    expect(new Set(secrets).size).toBe(200);
  });

  test('is known to the log by its hash and its first characters only', () => {
    const secret = newSecret();
    const key = carrierKeyOf(secret, { tenant: 'demo', carrier: 'cv', source: '/cv/' }, '2024-01-01T00:00:00.000Z');
    const text = JSON.stringify(key);
    expect(parseCarrierKey(text)).toEqual(key);
    expect(key.keyHash).toBe(createHash('sha256').update(secret).digest('hex'));
    expect(text).not.toContain(secret.slice(10));
    expect(secret.startsWith(key.hint)).toBe(true);
  });
});
