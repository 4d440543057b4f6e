import { describe, expect, it } from '@jest/globals';
import { systems } from '@landbridge/domain';
import { maySpeakFor, parseCarrierKey } from './carrier-key.js';
import { eventTypes, systemOfType } from './event-schema.js';
import { metricCatalogue, type MetricRow } from './metric-catalogue.js';
import { problemDetails, problems, type ProblemCode } from './problems.js';
import { eventTopics, systemOfTopic, topicContracts } from './topics.js';

describe('topics', () => {
  it('carry one system each, and are provisioned to keep every event', () => {
    for (const system of systems) {
      expect(systemOfTopic(eventTopics[system])).toBe(system);
      expect(systemOfType(eventTypes[system])).toBe(system);
      const contract = topicContracts.find(({ name }) => name === eventTopics[system])!;
      expect(contract.settings).toMatchObject({ 'retention.ms': '-1', 'message.timestamp.type': 'LogAppendTime' });
    }
    expect(systemOfTopic('other')).toBeUndefined();
  });
});

describe('metrics', () => {
  it.each(Object.entries<MetricRow>(metricCatalogue))('%s follows the conventions', (name, row) => {
    expect(name).toMatch(/^landbridge_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(row.kind === 'counter');
    expect(row.kind === 'histogram').toBe(row.buckets !== undefined);
    expect(name).not.toMatch(/_(ms|millis|milliseconds|minutes|kilo\w*)(_|$)/);
    expect(row.help).toMatch(/\.$/);
  });
});

describe('problems', () => {
  it.each(Object.keys(problems) as ProblemCode[])('%s is told as RFC 9457 asks', (code) => {
    const details = problemDetails({ code, detail: 'why', path: '$.x' });
    expect(details).toEqual({
      type: `/docs/problems#${code}`,
      title: problems[code].title,
      status: problems[code].status,
      detail: 'why',
      code,
      path: '$.x',
    });
    expect(problems[code].retryable).toBe(details.status >= 500 || [408, 409].includes(details.status));
  });
});

describe('carrier keys', () => {
  const key = {
    keyHash: 'a'.repeat(64),
    hint: 'lbk_abcd',
    tenant: 'demo',
    carrier: 'cargolux',
    source: '/demo/',
    createdAt: '2026-01-01T00:00:00Z',
  };

  it('are read from the log, and anything else is not a key', () => {
    expect(parseCarrierKey(JSON.stringify(key))).toEqual(key);
    for (const text of [
      '',
      'null',
      '{',
      JSON.stringify({ ...key, keyHash: 'short' }),
      JSON.stringify({ ...key, admin: true }),
    ])
      expect(parseCarrierKey(text)).toBeUndefined();
  });

  it.each([
    ['/demo/', '/demo/CV', true],
    ['/demo/', '/demo', false],
    ['/demo/', '/demonstration/CV', false],
    ['/demo/CV', '/demo/CV', true],
    ['/demo/CV', '/demo/CVX', false],
  ])('of source %s may post for %s: %s', (source, wanted, allowed) => {
    expect(maySpeakFor({ source }, wanted)).toBe(allowed);
  });
});
