/** The view in Redis, for the commands that look into it or make it anew. */
import type { RedisSettings } from '@landbridge/config';
import { connectRedis, RedisGenerations, RedisShardStore, RedisSnapshots } from '@landbridge/redis';
import { exitCodes, type ExitCode } from './command.js';
import type { Terminal } from './terminal.js';

export interface ViewAccess {
  readonly store: RedisShardStore;
  readonly generations: RedisGenerations;
  readonly snapshots: RedisSnapshots;
}

/** A tool speaks in its own words. */
const quiet = { warn: () => undefined, info: () => undefined };

/**
 * Runs what needs Redis; when it is not there, that is said in a line with what to do. Once it is there, commands wait for it should it go
 * away: long work is not lost for a restart of Redis.
 */
export async function withView(
  settings: RedisSettings,
  terminal: Terminal,
  work: (view: ViewAccess) => Promise<ExitCode>,
): Promise<ExitCode> {
  // The client's own error only says that it has tried often enough; why it could not connect is in what it warned of.
  let unreachable = '';
  const asking = connectRedis(settings, 'fail-fast', {
    ...quiet,
    warn: (fields) => (unreachable = 'err' in fields && fields.err instanceof Error ? fields.err.message : ''),
  });
  try {
    await asking.ping();
  } catch (error) {
    terminal.note(`Redis: ${unreachable || (error as Error).message}`);
    terminal.note('is it running (landbridge doctor), and does LANDBRIDGE_REDIS_URL name it?');
    return exitCodes.failed;
  } finally {
    asking.disconnect();
  }
  const redis = connectRedis(settings, 'wait', quiet);
  try {
    return await work({
      store: new RedisShardStore(redis),
      generations: new RedisGenerations(redis),
      snapshots: new RedisSnapshots(redis),
    });
  } finally {
    redis.disconnect();
  }
}
