import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { credentialHeaders } from './request-credentials.js';

const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const keyId = `lbs_${'a'.repeat(22)}`;

describe('a request', () => {
  it('carries an API key as a bearer token', () => {
    expect(credentialHeaders('lbk_abc', '[]', 0)).toEqual({ authorization: 'Bearer lbk_abc' });
  });

  it('is signed so that the reference implementation takes it, anew each time', () => {
    const body = '[{"id":"郑州"}]';
    const headers = credentialHeaders({ keyId, secret }, body, Date.now());
    expect(new Webhook(secret).verify(body, headers)).toEqual([{ id: '郑州' }]);
    expect(() => new Webhook(secret).verify('[]', headers)).toThrow('No matching signature');
    expect(headers['landbridge-key']).toBe(keyId);
    expect(credentialHeaders({ keyId, secret }, body, Date.now())['webhook-id']).not.toBe(headers['webhook-id']);
  });

  it.each(['', 'whsec_', 'whsec_AAAA', secret.slice(6)])('is not signed with %j', (text) => {
    expect(() => credentialHeaders({ keyId, secret: text }, '[]', 0)).toThrow(TypeError);
  });
});
