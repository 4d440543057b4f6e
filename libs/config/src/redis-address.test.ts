import { describe, expect, it } from '@jest/globals';
import { redisAddress } from './redis-address.js';

const open = { tls: false, username: undefined, password: undefined };

describe('redisAddress', () => {
  it('takes one server as it stands, its database and password included', () => {
    const url = 'rediss://reader:secret@store.example:6400/2';
    expect(redisAddress(url)).toEqual({ kind: 'single', url, nodes: [{ host: 'store.example', port: 6_400 }] });
    expect(redisAddress('redis://[::1]')).toMatchObject({ kind: 'single', nodes: [{ host: '::1', port: 6_379 }] });
  });

  it('takes the masters of a cluster to begin with', () => {
    expect(redisAddress('redis+cluster://127.0.0.1:7001,store-2,[::1]:7003')).toEqual({
      kind: 'cluster',
      nodes: [
        { host: '127.0.0.1', port: 7_001 },
        { host: 'store-2', port: 6_379 },
        { host: '::1', port: 7_003 },
      ],
      ...open,
    });
  });

  it('takes TLS, a user and a password for all nodes of a cluster, percent signs read', () => {
    expect(redisAddress('rediss+cluster://land%40hub:p%3Aw%2F@a:1,b:2')).toMatchObject({
      tls: true,
      username: 'land@hub',
      password: 'p:w/',
    });
    expect(redisAddress('redis+cluster://:secret@a:1')).toMatchObject({ username: undefined, password: 'secret' });
  });

  it.each([
    'redis+cluster://',
    'redis+cluster://a:1,',
    'redis+cluster://a:0',
    'redis+cluster://a:65536',
    'redis+cluster://a:1, b:2',
    'redis+cluster://a:1/0',
    'redis+cluster://a:1?tls=true',
    'redis+cluster://:%zz@a:1',
    'redis+cluster://:p@w@a:1',
    'redis+sentinel://a:1',
    'cluster://a:1',
    'redis://a:1,b:2',
    `redis+cluster://${Array.from({ length: 21 }, (_, i) => `n${i}`).join()}`,
  ])('refuses %s', (text) => {
    expect(redisAddress(text)).toBeUndefined();
  });
});
