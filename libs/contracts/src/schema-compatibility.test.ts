/**
 * Released event schemas stand in `released/`, and are never changed. A newer schema that breaks with one fails here: give it another
 * major version and another topic instead.
 */
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { CanonicalEvent } from './event-schema.js';
import { breaksBetween, type Schema } from './test-compatibility.js';

const folder = new URL('../released/', import.meta.url);
const current: { readonly [name: string]: object } = { 'event.v1': CanonicalEvent };

describe('released event schemas', () => {
  it.each(readdirSync(folder))('%s is still kept', (file) => {
    const released = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Schema;
    const newer = JSON.parse(JSON.stringify(current[file.replace('.json', '')])) as Schema;
    expect(breaksBetween(released, newer)).toEqual([]);
  });

  it('are all there', () => {
    expect(readdirSync(folder).toSorted()).toEqual(Object.keys(current).map((name) => `${name}.json`));
  });
});

describe('the comparison of schemas', () => {
  const base: Schema = {
    type: 'object',
    required: ['id'],
    additionalProperties: false,
    properties: {
      id: { type: 'string', minLength: 1, maxLength: 10, pattern: '^a' },
      kind: { enum: ['x', 'y'] },
      count: { type: 'integer', minimum: 0, maximum: 9 },
      list: { type: 'array', maxItems: 3, items: { type: 'string' } },
      either: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    },
  };
  const property = (name: string, change: Schema): Schema => {
    const properties = base['properties'] as Record<string, Schema>;
    return { ...base, properties: { ...properties, [name]: { ...properties[name], ...change } } };
  };

  it.each<[string, Schema]>([
    ['a property that goes', { ...base, properties: { id: { type: 'string' } } }],
    ['a property that is asked for', { ...base, required: ['id', 'kind'] }],
    ['a property that is not sure any more', { ...base, required: [] }],
    ['a shorter text', property('id', { maxLength: 9 })],
    ['a longer text at least', property('id', { minLength: 2 })],
    ['another pattern', property('id', { pattern: '^b' })],
    ['a value that goes', property('kind', { enum: ['x'] })],
    ['another type', property('count', { type: 'string' })],
    ['a smaller number', property('count', { maximum: 8 })],
    ['a larger least number', property('count', { minimum: 1 })],
    ['a shorter list', property('list', { maxItems: 2 })],
    ['other items', property('list', { items: { type: 'integer' } })],
    ['an alternative that goes', property('either', { anyOf: [{ type: 'string' }] })],
    ['other names', { ...base, propertyNames: { pattern: '^b' } }],
    ['a rule of a new kind', property('count', { multipleOf: 2 })],
  ])('finds %s', (_what, newer) => {
    expect(breaksBetween(base, newer)).not.toEqual([]);
  });

  it('finds a name that gets a meaning where others were free to use it', () => {
    const open: Schema = { type: 'object', properties: {} };
    expect(breaksBetween(open, { ...open, properties: { x: { type: 'string' } } })).toHaveLength(1);
    expect(breaksBetween(open, { ...open, additionalProperties: false })).toHaveLength(1);
  });

  it.each<[string, Schema]>([
    ['nothing', base],
    [
      'a new optional property',
      { ...base, properties: { ...(base['properties'] as object), more: { type: 'string' } } },
    ],
    ['a value more', property('kind', { enum: ['x', 'y', 'z'] })],
    ['longer texts', property('id', { maxLength: 20 })],
    ['an alternative more', property('either', { anyOf: [{ type: 'string' }, { type: 'integer' }, { type: 'null' }] })],
    ['other words', property('id', { description: 'The id.' })],
  ])('takes %s', (_what, newer) => {
    expect(breaksBetween(base, newer)).toEqual([]);
  });
});
