import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { CarrierKey } from '@landbridge/contracts';
import { Turns } from '../turns.js';
import { screenBody, type BodyTask } from './body-screening.js';
import { ScreeningThreads, threadLimits, type ScreeningOutcome, type ThreadLimits } from './screening-threads.js';

const eventBytesMax = 262_144;
/** Some of the events below lie ahead of it. */
const receivedAtMs = Date.parse('2020-03-04T05:00:00+08:00');
const entry = new URL('../../dist/large-bodies/thread-entry.js', import.meta.url);

const until = async (isTrue: () => boolean): Promise<void> => {
  for (let n = 0; n < 2_000 && !isTrue(); n++) await delay(10);
  expect(isTrue()).toBe(true);
};

let open: ScreeningThreads | undefined;
afterEach(() => open?.onApplicationShutdown());

function threadsWith(limits: Partial<ThreadLimits> = {}, ownEntry = entry) {
  const outcomes: ScreeningOutcome[] = [];
  const lost = { count: 0 };
  const threads = new ScreeningThreads({
    eventBytesMax,
    turns: new Turns(),
    counted: (outcome) => void outcomes.push(outcome),
    lost: () => lost.count++,
    limits: { ...threadLimits, ...limits },
    entry: ownEntry,
  });
  open = threads;
  return { threads, outcomes, lost };
}

function taskOf(body: string, carrier = 'demo'): BodyTask {
  const key: CarrierKey = {
    keyHash: 'a'.repeat(64),
    hint: 'lb_abc',
    tenant: 'zzh',
    carrier,
    source: 'urn:carrier:demo',
    createdAt: '2020-01-01T00:00:00Z',
  };
  return {
    key,
    bytes: Buffer.from(body),
    content: { kind: 'events', mode: 'batch', headers: {}, eventsMax: 5_000, receivedAtMs },
  };
}

const event = (n: number) => ({
  specversion: '1.0',
  id: `e-${n}`,
  source: 'urn:carrier:demo',
  type: 'landbridge.air.event.v1',
  subject: 'CV9721-20200304',
  ...(n % 7 === 3 ? { previoussubject: 'CV9720-20200304', revision: 2 } : {}),
  time: n % 13 === 0 ? '2020-03-05T05:06:07+08:00' : '2020-03-04T05:06:07+08:00',
  data: {
    classifier: 'actual',
    milestone: 'arrived',
    hub: n % 11 === 0 ? 'XXX' : 'CGO',
    corridor: 'air',
    direction: 'inbound',
    unit: { type: 'flight', id: 'CV9721-20200304' },
  },
});
const mixed = JSON.stringify(Array.from({ length: 1_500 }, (_, n) => (n % 5 === 0 ? n : event(n % 1_000))));
/** An address whose module does what it says, in place of the entry. */
const entryOf = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);
const listening = `import { parentPort } from 'node:worker_threads'; parentPort.on('message',`;
/** Reads for ever. */
const endless = entryOf(`${listening} () => { for (;;); });`);

describe('a body in a thread', () => {
  test('comes back as it would be screened here: accepted, moved, repeated, rejected', async () => {
    const { threads, outcomes } = threadsWith();
    const screening = await threads.screen(taskOf(mixed));
    expect(screening).toEqual(screenBody(taskOf(mixed), eventBytesMax));
    expect(screening).toMatchObject({ ok: true, eventsRead: 1_500 });
    const { accepted, duplicates, rejected, records } = (screening as Extract<typeof screening, { ok: true }>).screened;
    for (const count of [accepted, duplicates, rejected.length, records.length - accepted])
      expect(count).toBeGreaterThan(50);
    expect(outcomes).toEqual(['screened']);
  });

  test.each([
    ['cut off', '['],
    ['without events', '[]'],
    ['with too many', JSON.stringify(Array.from({ length: 5_001 }, () => 0))],
  ])('has the same faults: %s', async (_, body) => {
    expect(await threadsWith().threads.screen(taskOf(body))).toEqual(screenBody(taskOf(body), eventBytesMax));
  });

  test('that takes too long is refused for good, and its thread replaced', async () => {
    const { threads, outcomes } = threadsWith({ screenMs: 50, threadsMax: 1 }, endless);
    for (const _ of [1, 2])
      expect(await threads.screen(taskOf('[]'))).toMatchObject({ ok: false, problem: { code: 'body_too_complex' } });
    expect(outcomes).toEqual(['overdue', 'overdue']);
  });

  test('is given its time of the processor, not of the clock: a busy machine refuses nothing for good', async () => {
    // Without a processor for longer than the limit.
    const starved = entryOf(`${listening} () => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
      parentPort.postMessage({ ok: false, problem: { code: 'unreadable', detail: 'read' } });
    });`);
    const { threads, outcomes } = threadsWith({ screenMs: 1_000 }, starved);
    expect(await threads.screen(taskOf('[]'))).toMatchObject({ problem: { code: 'unreadable' } });
    expect(outcomes).toEqual(['screened']);
  });

  test('that takes too much memory is refused for good, and the process lives', async () => {
    const { threads, outcomes } = threadsWith({ heapMiBMax: 24, threadsMax: 1 });
    const hard = `[${'{"a":{}},'.repeat(900_000)}0]`;
    expect(await threads.screen(taskOf(hard))).toMatchObject({ ok: false, problem: { code: 'body_too_complex' } });
    expect(await threads.screen(taskOf('[0]'))).toMatchObject({ ok: true, eventsRead: 1 });
    expect(outcomes).toEqual(['out_of_memory', 'screened']);
  });

  test('that breaks its thread is a fault of ours, and the next one is read', async () => {
    const breaking = entryOf(`${listening} () => { throw new RangeError('a bug'); });`);
    const { threads, outcomes } = threadsWith({ threadsMax: 1 }, breaking);
    for (const _ of [1, 2])
      await expect(threads.screen(taskOf('[0]'))).rejects.toMatchObject({ cause: { message: 'a bug' } });
    expect(outcomes).toEqual(['crashed', 'crashed']);
  });
});

describe('a thread that ends while it reads nothing', () => {
  /** Answers with the number of the thread, and ends a moment later. */
  const mayfly = entryOf(`import { threadId } from 'node:worker_threads'; ${listening} () => {
    parentPort.postMessage({ ok: false, problem: { code: 'unreadable', detail: String(threadId) } });
    setTimeout(() => process.exit(1), 20);
  });`);
  /** Ends as soon as it has begun; between a timer and an immediate it meets a body that came before. */
  const stillborn =
    entryOf(`${listening} () => { parentPort.postMessage({ ok: false, problem: { code: 'unreadable' } }); process.exit(1); });
    setTimeout(() => setImmediate(() => process.exit(1)), 100);`);

  test('is counted at once, and another one reads the next body', async () => {
    const { threads, outcomes, lost } = threadsWith({ threadsMax: 1 }, mayfly);
    const seen = new Set<string>();
    for (const round of [1, 2, 3]) {
      const screening = await threads.screen(taskOf('[0]'));
      seen.add((screening as Extract<typeof screening, { ok: false }>).problem.detail);
      await until(() => lost.count === round);
    }
    expect([seen.size, outcomes]).toEqual([3, ['screened', 'screened', 'screened']]);
  });

  test('is noticed too where its end is told together with its answer', async () => {
    const { threads, lost } = threadsWith({ threadsMax: 1, lostMax: 1 }, stillborn);
    const first = threads.screen(taskOf('[0]'));
    await setImmediate();
    // As a busy machine does: this loop hears of nothing until the thread has answered and ended.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
    await first;
    await until(() => lost.count === 2);
    expect(await threads.screen(taskOf('[0]'))).toMatchObject({ problem: { code: 'unreadable' } });
  });

  test('is replaced so many times only; then a body that comes starts the next', async () => {
    const { threads, lost } = threadsWith({ threadsMax: 1, lostMax: 2 }, stillborn);
    await threads.screen(taskOf('[0]'));
    // The first, and the two in its place.
    await until(() => lost.count === 3);
    await delay(300);
    expect(lost.count).toBe(3);
    expect(await threads.screen(taskOf('[0]'))).toMatchObject({ problem: { code: 'unreadable' } });
  });
});

describe('a thread that has read a hard body', () => {
  test('holds little of it afterwards', async () => {
    /** The entry itself, which also tells of its heap: right after each body, and from time to time. */
    const telling = entryOf(`import ${JSON.stringify(entry.href)};
    import { getHeapStatistics } from 'node:v8';
    const heap = new BroadcastChannel('heap of a thread');
    const tell = () => heap.postMessage(getHeapStatistics().total_physical_size);
    setInterval(tell, 20);
    ${listening} tell);`);
    let [mostBytes, nowBytes] = [0, 0];
    const heap = new BroadcastChannel('heap of a thread');
    heap.addEventListener('message', (message) => {
      nowBytes = (message as MessageEvent).data as number;
      mostBytes = Math.max(mostBytes, nowBytes);
    });
    const { threads } = threadsWith({ threadsMax: 1 }, telling);
    await threads.screen(taskOf(`${'['.repeat(2_000_000)}${']'.repeat(2_000_000)}`));
    await until(() => mostBytes > 80 * 1_048_576 && nowBytes < 40 * 1_048_576);
    heap.close();
  });
});

describe('bodies that wait for a thread', () => {
  test('are turned away beyond the bound at once, and after their time', async () => {
    const { threads, outcomes } = threadsWith({ threadsMax: 1, waitingMax: 1, waitMs: 20, screenMs: 2_000 }, endless);
    const running = threads.screen(taskOf('[0]'));
    const late = threads.screen(taskOf('[0]'));
    expect(threads.waiting).toBe(1);
    expect(await threads.screen(taskOf('[0]'))).toMatchObject({ problem: { code: 'overloaded' } });
    expect(await late).toMatchObject({ problem: { code: 'overloaded' } });
    expect(outcomes).toEqual(['turned_away', 'turned_away']);
    expect(threads.waiting).toBe(0);
    threads.onApplicationShutdown();
    await running;
  });

  test('of one carrier leave a thread to the others', async () => {
    const slow = entryOf(`${listening} (task) => {
      if (task.key.carrier === 'slow') for (;;);
      parentPort.postMessage({ ok: false, problem: { code: 'unreadable', detail: 'read' } });
    });`);
    const { threads } = threadsWith({ threadsMax: 2 }, slow);
    const held = ['1', '2', '3'].map(() => threads.screen(taskOf('[0]', 'slow')));
    for (const other of ['b', 'c', 'b'])
      expect(await threads.screen(taskOf('[0]', other))).toMatchObject({ problem: { code: 'unreadable' } });
    expect(threads.waiting).toBe(2);
    threads.onApplicationShutdown();
    await Promise.all(held);
  });

  test('are taken carrier by carrier', async () => {
    const { threads } = threadsWith({ threadsMax: 1 });
    const ended: string[] = [];
    const screen = async (name: string) => {
      await threads.screen(taskOf('[0]', name.slice(0, 1)));
      ended.push(name);
    };
    await Promise.all(['a1', 'a2', 'a3', 'b1', 'c1', 'b2'].map(screen));
    expect(ended).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2']);
  });

  test('are turned away when the service ends, those in threads too', async () => {
    const { threads } = threadsWith({ threadsMax: 1 }, endless);
    const posts = [threads.screen(taskOf('[0]')), threads.screen(taskOf('[0]'))];
    threads.onApplicationShutdown();
    for (const post of [...posts, threads.screen(taskOf('[0]'))])
      expect(await post).toMatchObject({ ok: false, problem: { code: 'overloaded' } });
  });
});
