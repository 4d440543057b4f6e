import { describe, expect, test } from '@jest/globals';
import { isWhole, ownsSlots, slotRange, startRedisCluster } from './redis-cluster.js';

describe('the slots of a Redis Cluster', () => {
  test.each([1, 2, 3, 7])('are divided between %d masters without a gap', (masters) => {
    const ranges = Array.from({ length: masters }, (_, index) => slotRange(index, masters));
    expect(ranges[0]![0]).toBe(0);
    expect(ranges.at(-1)![1]).toBe(16_383);
    for (const [index, [first]] of ranges.entries()) if (index > 0) expect(first).toBe(ranges[index - 1]![1] + 1);
  });

  test('are looked for in the line of the node that was asked', () => {
    const other = 'a1 127.0.0.1:7001@17001 master - 0 1700000000000 1 connected 0-5461';
    expect(ownsSlots(`${other}\nb2 127.0.0.1:7002@17002 myself,master - 0 0 2 connected\n`)).toBe(false);
    expect(ownsSlots(`${other}\nb2 127.0.0.1:7002@17002 myself,master - 0 0 2 connected 5462-10922\n`)).toBe(true);
  });
});

test('a cluster is whole when every slot is served and every master is counted', () => {
  const info = (state: string, ok: number, size: number) =>
    `cluster_state:${state}\r\ncluster_slots_assigned:16384\r\ncluster_slots_ok:${ok}\r\ncluster_size:${size}\r\n`;
  expect(isWhole(info('ok', 16_384, 3), 3)).toBe(true);
  expect(isWhole(info('fail', 16_384, 3), 3)).toBe(false);
  expect(isWhole(info('ok', 10_923, 3), 3)).toBe(false);
  expect(isWhole(info('ok', 16_384, 2), 3)).toBe(false);
});

test('a list of bus ports that does not fit is refused before anything starts', async () => {
  await expect(startRedisCluster({ dataDir: '/nowhere', ports: [1, 2], busPorts: [3] })).rejects.toThrow('bus port');
});
