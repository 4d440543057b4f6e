import { describe, expect, test } from '@jest/globals';
import { OriginalShelf, type ShelfAnswer } from './original-shelf.js';

const place = { partition: 0, offset: 7n };
const air = { tenant: 'zzh', carrier: 'air' };
const rail = { tenant: 'zzh', carrier: 'rail' };

/** A shelf over an empty log that answers when it is told to, and what each asker was told. */
function open() {
  const log = Promise.withResolvers<void>();
  const shelf = new OriginalShelf(
    () => ({
      start: () => log.promise,
      stop: () => Promise.resolve(),
      extents: () => Promise.resolve([]),
      read: () => Promise.reject(new Error('an empty log has no range')),
    }),
    { warn: () => undefined },
  );
  const answers: string[] = [];
  const codeOf = (answer: ShelfAnswer): string => (answer.ok ? 'found' : answer.problem.code);
  const ask = async (carrier: typeof air): Promise<void> => {
    answers.push(`${carrier.carrier} ${codeOf(await shelf.find(carrier, place))}`);
  };
  return { shelf, log, answers, ask };
}

describe('the places of those who wait for an original', () => {
  test('are shared: a carrier that asks for ever more leaves half of them to others', async () => {
    const { shelf, log, answers, ask } = open();
    const asked = Array.from({ length: 10 }, () => ask(air));
    const others = [ask(rail), ask(rail)];
    await new Promise(setImmediate);
    // The log is not open yet, so what was answered was refused.
    expect(answers).toEqual(['air overloaded', 'air overloaded']);
    log.resolve();
    await Promise.all([...asked, ...others]);
    expect(answers.slice(2)).toEqual([
      ...Array.from({ length: 8 }, () => 'air not_found'),
      'rail not_found',
      'rail not_found',
    ]);
    await shelf.close();
  });

  test('come back with each answer', async () => {
    const { shelf, log, answers, ask } = open();
    log.resolve();
    for (let n = 0; n < 20; n++) await ask(air);
    expect(new Set(answers)).toEqual(new Set(['air not_found']));
    await shelf.close();
  });
});
