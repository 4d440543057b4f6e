/**
 * The envelopes: interchange (UNB, UNZ), functional group (UNG, UNE) and message (UNH, UNT), with their counts and references.
 *
 * A wrong count means that something was lost or added on the way, so it refuses the whole interchange. A message without an interchange
 * around it is taken as it is: terminals send such ones by mail.
 * @see ISO 9735, section 8 and annex on service segments
 */
import type { FormatFault } from '../message-format.js';
import { SegmentReader, type Segment } from './segments.js';

/** One message, its segments between UNH and UNT. */
export interface InterchangeMessage {
  readonly header: Segment;
  /** `CODECO`, `COARRI`, `IFTSTA` or any other. */
  readonly type: string;
  readonly segments: readonly Segment[];
  /** UNB of its interchange, which says when it was prepared; undefined without an envelope. */
  readonly interchange: Segment | undefined;
}

export type InterchangeReading =
  | { readonly ok: true; readonly messages: readonly InterchangeMessage[] }
  | { readonly ok: false; readonly fault: FormatFault };

const rule = 'ISO 9735, service segments';

/** All messages of a text: of its interchanges, or bare ones. */
export function readInterchange(text: string): InterchangeReading {
  const reader = new SegmentReader(text);
  const envelopes = new EnvelopeReader();
  for (let segment = reader.next(); segment !== undefined; segment = reader.next()) {
    const fault = envelopes.take(segment);
    if (fault) return { ok: false, fault };
  }
  const fault = reader.fault ?? envelopes.end();
  if (fault) return { ok: false, fault };
  return { ok: true, messages: envelopes.messages };
}

class EnvelopeReader {
  readonly messages: InterchangeMessage[] = [];
  private interchange: Segment | undefined;
  private group: Segment | undefined;
  private header: Segment | undefined;
  private segments: Segment[] = [];
  /** What the next UNZ and UNE must say. */
  private inInterchange = 0;
  private inGroup = 0;
  private last: Segment | undefined;

  take(segment: Segment): FormatFault | undefined {
    this.last = segment;
    switch (segment.tag) {
      case 'UNB':
        return this.openInterchange(segment);
      case 'UNG':
        return this.openGroup(segment);
      case 'UNH':
        return this.openMessage(segment);
      case 'UNT':
        return this.closeMessage(segment);
      case 'UNE':
        return this.closeGroup(segment);
      case 'UNZ':
        return this.closeInterchange(segment);
      default:
        if (this.header === undefined) return outside(segment);
        this.segments.push(segment);
        return undefined;
    }
  }

  /** What is still open at the end of the text, or missing. */
  end(): FormatFault | undefined {
    const open = this.header ?? this.group ?? this.interchange;
    const closing = this.header ? 'UNT' : this.group ? 'UNE' : 'UNZ';
    if (open) return unclosed(open, closing, 'the text ends before');
    if (this.messages.length > 0) return undefined;
    return {
      code: 'invalid_message',
      detail: 'there is no message',
      path: this.last?.path() ?? 'line 1, column 1',
      rule,
      expected: 'UNH',
    };
  }

  private openInterchange(segment: Segment): FormatFault | undefined {
    if (this.header) return unclosed(this.header, 'UNT', 'UNB comes before');
    if (this.interchange) return unclosed(this.interchange, 'UNZ', 'another UNB comes before');
    // A test must not count as throughput, and only the sender knows that it is one.
    if (segment.text(11) === '1')
      return {
        code: 'unsupported_message',
        detail: 'the interchange says that it is a test (UNB 0035)',
        path: segment.path(11),
        rule,
        expected: 'no test indicator',
      };
    this.interchange = segment;
    this.inInterchange = 0;
    return undefined;
  }

  private openGroup(segment: Segment): FormatFault | undefined {
    if (this.header || this.group || !this.interchange) return outside(segment);
    this.group = segment;
    this.inGroup = 0;
    return undefined;
  }

  private openMessage(segment: Segment): FormatFault | undefined {
    if (this.header) return unclosed(this.header, 'UNT', 'another UNH comes before');
    this.header = segment;
    this.segments = [];
    return undefined;
  }

  private closeMessage(segment: Segment): FormatFault | undefined {
    const { header } = this;
    if (!header) return outside(segment);
    const fault =
      countFault(segment, this.segments.length + 2, 'segments') ?? referenceFault(segment, header, header.text(1));
    if (fault) return fault;
    this.messages.push({ header, type: header.text(2), segments: this.segments, interchange: this.interchange });
    this.header = undefined;
    if (this.group) this.inGroup++;
    else this.inInterchange++;
    return undefined;
  }

  private closeGroup(segment: Segment): FormatFault | undefined {
    const { group } = this;
    if (this.header) return unclosed(this.header, 'UNT', 'UNE comes before');
    if (!group) return outside(segment);
    const fault = countFault(segment, this.inGroup, 'messages') ?? referenceFault(segment, group, group.text(5));
    if (fault) return fault;
    this.group = undefined;
    this.inInterchange++;
    return undefined;
  }

  private closeInterchange(segment: Segment): FormatFault | undefined {
    const { interchange } = this;
    if (this.header) return unclosed(this.header, 'UNT', 'UNZ comes before');
    if (this.group) return unclosed(this.group, 'UNE', 'UNZ comes before');
    if (!interchange) return outside(segment);
    const fault =
      countFault(segment, this.inInterchange, 'messages or groups') ??
      referenceFault(segment, interchange, interchange.text(5));
    if (fault) return fault;
    this.interchange = undefined;
    return undefined;
  }
}

function countFault(segment: Segment, counted: number, what: string): FormatFault | undefined {
  const said = segment.text(1);
  if (/^\d{1,10}$/.test(said) && Number(said) === counted) return undefined;
  return {
    code: 'invalid_message',
    detail: `${segment.tag} says ${JSON.stringify(said.slice(0, 40))} ${what}, ${counted} were counted`,
    path: segment.path(1),
    rule: `ISO 9735, ${segment.tag} control count`,
    expected: String(counted),
  };
}

function referenceFault(segment: Segment, opening: Segment, reference: string): FormatFault | undefined {
  const said = segment.text(2);
  if (said === reference) return undefined;
  return {
    code: 'invalid_message',
    detail: `${segment.tag} refers to ${JSON.stringify(said.slice(0, 40))}`,
    path: segment.path(2),
    rule: `ISO 9735, ${segment.tag} control reference`,
    expected: `${reference.slice(0, 40)}, as ${opening.tag} at ${opening.path()}`,
  };
}

function unclosed(open: Segment, closing: string, what: string): FormatFault {
  return {
    code: 'invalid_message',
    detail: `${what} the ${closing} of this ${open.tag}`,
    path: open.path(),
    rule,
    expected: closing,
  };
}

function outside(segment: Segment): FormatFault {
  return {
    code: 'invalid_message',
    detail: `${segment.tag} does not belong here`,
    path: segment.path(),
    rule,
    expected: segment.tag === 'UNZ' ? 'UNB before it' : 'UNH before it',
  };
}
