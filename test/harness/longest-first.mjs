/**
 * The order of the test files: what takes longest begins first, so that no worker waits at the end for the one that has it.
 *
 * Jest knows the times of the last run on the same machine; on a fresh checkout it would take a long file for a long test. All others come
 * as Jest has them, so that files which count are at work beside files which wait for servers.
 */
import Sequencer from '@jest/test-sequencer';

/**
 * From 90 seconds down to 20 on two idle cores; the order among all others does not matter. The aggregators come after the first two,
 * which fill the machine: a member that finds no processor for seconds loses its partitions, and to join again it needs every master of
 * a cluster.
 */
const longest = [
  'chaos/chaos',
  'e2e/scenario',
  'e2e/redis-cluster-connection',
  'e2e/native-servers',
  'e2e/ingest-outage',
  'e2e/aggregator',
  'e2e/several-aggregators',
  'e2e/reconcile',
  'sim/seeds',
  'e2e/rebuild',
  'e2e/dead-letters',
  'e2e/kafka-log-writer',
  'e2e/kafka-batch-server',
];

export default class LongestFirst extends Sequencer {
  sort(tests) {
    // oxlint-disable-next-line unicorn/no-array-sort -- Jest's sequencer, and no array
    return super.sort(tests).toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ path }) {
  const at = longest.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
  return at < 0 ? longest.length : at;
}
