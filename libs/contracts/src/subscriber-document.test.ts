import { Parser } from '@asyncapi/parser';
import { describe, expect, it } from '@jest/globals';
import { systems } from '@landbridge/domain';
import { checkEvent } from './event-check.js';
import { exampleEvents, subscriberDocument } from './subscriber-document.js';
import { carrierKeyTopic, sandboxTopic, topicContracts } from './topics.js';

/** Of Spectral, whose findings the parser gives. */
const errorSeverities: readonly number[] = [0];

describe('the AsyncAPI document', () => {
  it('is taken by the parser of AsyncAPI', async () => {
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(subscriberDocument()));
    expect(diagnostics.filter(({ severity }) => errorSeverities.includes(severity))).toEqual([]);
    expect(document?.version()).toBe('3.0.0');
  });

  it('tells every topic but the hub’s own', async () => {
    const channels = (subscriberDocument()['channels'] ?? {}) as Record<string, { readonly address: string }>;
    const told = Object.values(channels).map(({ address }) => address);
    const own = new Set<string>([carrierKeyTopic, sandboxTopic]);
    expect(told.toSorted()).toEqual(
      topicContracts
        .map(({ name }) => name)
        .filter((name) => !own.has(name))
        .toSorted(),
    );
  });

  it.each(systems)('gives an example for %s that the door would take', (system) => {
    expect(checkEvent(exampleEvents[system])).toMatchObject({ ok: true, system });
  });
});
