/** `xs:dateTime` of XML messages: with its offset where it has one, else on the clock of the place. */
import { parseTimestamp } from '@landbridge/domain';
import { parseLocalTime, zonedTime, type ZonedTime } from '../places/local-time.js';
import { cut, type MessageEntry } from './message-entry.js';
import type { XmlElement } from './xml-tree.js';

/**
 * The instant that an element tells. `zone` is that of the place, for times without an offset.
 * Refusals: invalid_time, and unknown_place where the time has no offset and the zone is not known.
 */
export function timeOf(entry: MessageEntry, element: XmlElement, zone: string | undefined): ZonedTime {
  const { text } = element;
  const timeMs = parseTimestamp(text);
  if (timeMs !== undefined) return { timeMs, text };
  const local = parseLocalTime(text);
  if (!local) return invalid(entry, element);
  if (zone === undefined)
    return entry.refuse(
      {
        code: 'unknown_place',
        detail: `${cut(text)} has no offset, and the place's time zone is not known`,
        expected: 'a time with an offset, such as 2026-03-03T09:15:00+08:00',
      },
      element,
    );
  return zonedTime(local, zone) ?? invalid(entry, element);
}

function invalid(entry: MessageEntry, element: XmlElement): never {
  return entry.refuse(
    {
      code: 'invalid_time',
      detail: `${element.name} is no time: ${cut(element.text)}`,
      expected: 'a time such as 2026-03-03T09:15:00+08:00',
    },
    element,
  );
}
