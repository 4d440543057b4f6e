import { describe, expect, it } from '@jest/globals';
import { systems } from '@landbridge/domain';
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
    expect(problems[code].retryable).toBe(details.status >= 500 || [408, 409, 429].includes(details.status));
  });
});
