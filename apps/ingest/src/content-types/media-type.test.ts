import { describe, expect, test } from '@jest/globals';
import { contentModeOf } from './media-type.js';

const modeOf = (contentType: string, more: Record<string, string> = {}): string => {
  const result = contentModeOf({ 'content-type': contentType, ...more });
  return result.ok ? result.content : result.problem.code;
};

describe('contentModeOf', () => {
  test.each([
    ['application/cloudevents+json', 'structured'],
    ['application/cloudevents+json; charset=utf-8', 'structured'],
    ['Application/CloudEvents+JSON;charset="UTF-8"', 'structured'],
    ['application/cloudevents-batch+json ; charset=utf8', 'batch'],
    ['application/x-ndjson; charset=UTF-8', 'lines'],
  ])('takes %s as %s', (contentType, mode) => {
    expect(modeOf(contentType)).toBe(mode);
  });

  test.each([
    'text/plain',
    'application/xml',
    'application/cloudevents+xml',
    'application/cloudevents+json; charset=iso-8859-1',
    'application/cloudevents+json, text/plain',
    '',
    ';',
  ])('refuses %j', (contentType) => {
    expect(modeOf(contentType)).toBe('unsupported_media_type');
  });

  test('takes plain JSON only with the attributes in headers', () => {
    expect(modeOf('application/json; charset=utf-8', { 'ce-specversion': '1.0' })).toBe('binary');
    expect(modeOf('application/json')).toBe('unsupported_media_type');
  });

  test('takes a binary event without a body, and so without a content type', () => {
    expect(contentModeOf({ 'ce-specversion': '1.0' })).toEqual({ ok: true, content: 'binary' });
    expect(contentModeOf({}).ok).toBe(false);
  });

  test('takes attributes in headers from nobody whose signature is over the body', () => {
    const binary = { 'content-type': 'application/json', 'ce-specversion': '1.0' };
    expect(contentModeOf(binary, true)).toMatchObject({ ok: false, problem: { code: 'unsupported_media_type' } });
    expect(contentModeOf({ 'content-type': 'application/x-ndjson' }, true).ok).toBe(true);
  });

  test('lists what is taken', () => {
    const result = contentModeOf({ 'content-type': 'text/plain' });
    for (const type of [
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
      'application/x-ndjson',
      'application/json',
    ])
      expect(result.ok ? '' : result.problem.detail).toContain(type);
  });
});
