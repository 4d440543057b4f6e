import { describe, expect, it } from '@jest/globals';
import { parseTimestamp } from '@landbridge/domain';
import * as fc from 'fast-check';
import { instantOf, readDateTime, timeText } from './date-time.js';

const receivedAtMs = Date.UTC(2026, 2, 6);
const read = (value: string, format: string) => readDateTime(value, format, receivedAtMs);

describe('readDateTime', () => {
  it.each([
    ['260303', '101', '2026-03-03T00:00:00', undefined],
    ['20260303', '102', '2026-03-03T00:00:00', undefined],
    ['2603030915', '201', '2026-03-03T09:15:00', undefined],
    ['260303091530', '202', '2026-03-03T09:15:30', undefined],
    ['202603030915', '203', '2026-03-03T09:15:00', undefined],
    ['20260303091530', '204', '2026-03-03T09:15:30', undefined],
    ['202603030915+0800', '205', '2026-03-03T09:15:00', 480],
    ['202603030915-0330', '205', '2026-03-03T09:15:00', -210],
    ['2603030915UTC', '301', '2026-03-03T09:15:00', 0],
    ['260303091530GMT', '302', '2026-03-03T09:15:30', 0],
    ['202603030915+08', '303', '2026-03-03T09:15:00', 480],
    ['202603030915UTC', '303', '2026-03-03T09:15:00', 0],
    ['20260303091530-05', '304', '2026-03-03T09:15:30', -300],
    ['990303', '101', '1999-03-03T00:00:00', undefined],
    ['760303', '101', '2076-03-03T00:00:00', undefined],
    ['20240229', '102', '2024-02-29T00:00:00', undefined],
  ])('reads %s in format %s', (value, format, local, offsetMinutes) => {
    const written = read(value, format)!;
    expect(written.offsetMinutes).toBe(offsetMinutes);
    expect(timeText(written.local, 0).slice(0, 19)).toBe(local);
  });

  it.each([
    ['20260303', '203'],
    ['202603030915', '102'],
    ['202602300915', '203'],
    ['20250229', '102'],
    ['202613030915', '203'],
    ['202603032400', '203'],
    ['202603030960', '203'],
    ['20260303091560', '204'],
    ['2026030309CST', '303'],
    ['202603030915CST', '303'],
    ['202603030915+1500', '205'],
    ['202603030915', '205'],
    ['2026-03-03', '102'],
    ['', '203'],
    ['202603030915', ''],
    ['202603030915', '999'],
    ['202603030915', 'constructor'],
    ['２０２６０３０３', '102'],
  ])('does not read %j in format %j', (value, format) => {
    expect(read(value, format)).toBeUndefined();
  });

  it('writes the instant that it read', () => {
    const instant = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(instant, fc.integer({ min: -14 * 60, max: 14 * 60 }), (date, offsetMinutes) => {
        const minuteMs = Math.floor(date.getTime() / 60_000) * 60_000;
        const local = new Date(minuteMs + offsetMinutes * 60_000).toISOString();
        const sign = offsetMinutes < 0 ? '-' : '+';
        const [hours, minutes] = [Math.floor(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
        const offset = `${sign}${String(hours).padStart(2, '0')}${String(minutes).padStart(2, '0')}`;
        const written = read(local.replace(/\D/g, '').slice(0, 12) + offset, '205')!;
        expect(instantOf(written.local, written.offsetMinutes!)).toBe(minuteMs);
        expect(parseTimestamp(timeText(written.local, written.offsetMinutes!))).toBe(minuteMs);
      }),
    );
  });
});
