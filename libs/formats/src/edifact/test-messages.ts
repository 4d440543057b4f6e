/** Messages for tests, with right counts, and what is read of them. */
import type { CanonicalEvent } from '@landbridge/contracts';
import type { MessageItem, ReadContext } from '../message-format.js';
import { edifactFormat } from './edifact-format.js';
import { edifactSamples } from './edifact-samples.js';

export const context: ReadContext = {
  source: 'https://terminal.example/zhengzhou',
  hub: 'CGO',
  receivedAtMs: Date.UTC(2026, 2, 6),
  eventsMax: 1_000,
};

export const read = (text: string, changed: Partial<ReadContext> = {}) =>
  edifactFormat.read(Buffer.from(text, 'utf8'), { ...context, ...changed });

export const itemsOf = (text: string): readonly MessageItem[] => {
  const reading = read(text);
  if (!reading.ok) throw new Error(`${reading.fault.path}: ${reading.fault.detail}`);
  return reading.items;
};
export const eventsOf = (text: string): readonly CanonicalEvent[] =>
  itemsOf(text).flatMap((item) => (item.ok ? [item.event] : []));
export const faultsOf = (text: string) => {
  const reading = read(text);
  return reading.ok ? reading.items.flatMap((item) => (item.ok ? [] : [item.fault])) : [reading.fault];
};
export const sample = (name: string): string => edifactSamples.find((one) => one.name === name)!.text;

/** A bare message with its counts. */
export const message = (type: string, ...segments: readonly string[]): string =>
  [`UNH+1+${type}:D:95B:UN`, ...segments, `UNT+${segments.length + 2}+1`].map((one) => `${one}'`).join('\n');

export const gate = (code: string, ...more: readonly string[]): string =>
  message(
    'CODECO',
    `BGM+${code}+G1+9`,
    'EQD+CN+APZU4812090+45G1:102:5++2',
    'DTM+7:202603030915:203',
    'LOC+165+CNZGZ',
    ...more,
  );

export const status = (sts: string, ...more: readonly string[]): string =>
  message('IFTSTA', 'BGM+23+S1+9', 'CNI+1+C1', `STS+${sts}`, 'DTM+334:202603030915:203', 'LOC+175+CNZGZ', ...more);
