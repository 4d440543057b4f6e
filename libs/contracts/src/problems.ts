/**
 * Every problem that a carrier, a reader or an operator can be told of: one row each, so that the documentation and the code cannot
 * differ. `status` is the HTTP status where the problem ends a request; event-level problems stand in a 207 or 422 answer.
 * `retryable` is decided here, where the problem is defined: true means that the same request may succeed later.
 * @see RFC 9457 for the answer's form.
 */
interface ProblemRow {
  readonly status: number;
  readonly retryable: boolean;
  readonly title: string;
}

export const problems = {
  // The request as a whole.
  unreadable: { status: 400, retryable: false, title: 'The body is not readable as its content type says.' },
  invalid_parameter: { status: 400, retryable: false, title: 'A query parameter or header is not valid.' },
  empty_batch: { status: 400, retryable: false, title: 'The batch holds no event.' },
  unauthenticated: { status: 401, retryable: false, title: 'The API key or token is missing or not valid.' },
  invalid_signature: {
    status: 401,
    retryable: false,
    title: 'The signature, its time or its key is not valid.',
  },
  forbidden: { status: 403, retryable: false, title: 'The key may not do this.' },
  not_found: { status: 404, retryable: false, title: 'There is nothing at this address.' },
  method_not_allowed: { status: 405, retryable: false, title: 'This address does not take this method.' },
  request_timeout: { status: 408, retryable: true, title: 'The request did not arrive completely in time.' },
  body_too_large: { status: 413, retryable: false, title: 'The body is larger than the limit.' },
  too_many_events: { status: 413, retryable: false, title: 'The batch holds more events than the limit.' },
  request_in_progress: {
    status: 409,
    retryable: true,
    title: 'A request with this idempotency key is being answered: send again after the stated time.',
  },
  idempotency_key_reused: {
    status: 422,
    retryable: false,
    title: 'The idempotency key was used for another request.',
  },
  body_too_complex: {
    status: 422,
    retryable: false,
    title: 'Reading the body takes more time or memory than there is for one request.',
  },
  unsupported_media_type: { status: 415, retryable: false, title: 'This content type is not taken here.' },
  record_refused: { status: 422, retryable: false, title: 'The event log does not take a record of this request.' },
  rate_limited: {
    status: 429,
    retryable: true,
    title: 'The carrier sends faster than it may: send again after the stated time.',
  },
  quota_exceeded: {
    status: 429,
    retryable: true,
    title: 'The carrier has used up its events of this day: send again after the stated time.',
  },
  keys_unavailable: {
    status: 503,
    retryable: true,
    title: 'Who sends cannot be verified at the moment: send again after the stated time.',
  },
  overloaded: { status: 503, retryable: true, title: 'The intake is full: send again after the stated time.' },
  log_unavailable: {
    status: 503,
    retryable: true,
    title: 'The event log did not confirm in time: send again, nothing counts twice.',
  },
  view_unavailable: { status: 503, retryable: true, title: 'The figures cannot be read at the moment.' },
  internal: { status: 500, retryable: true, title: 'An unexpected fault; it has been logged.' },
  // One event.
  invalid_event: { status: 422, retryable: false, title: 'The event does not match the schema.' },
  unknown_type: { status: 422, retryable: false, title: 'The event type is not one of ours.' },
  invalid_time: {
    status: 422,
    retryable: false,
    title: 'The time is not an RFC 3339 time with an offset, from 2000 to 2100.',
  },
  future_time: { status: 422, retryable: false, title: 'An actual event lies after its receipt.' },
  foreign_source: { status: 422, retryable: false, title: 'The key may not post for this source.' },
  reserved_attribute: { status: 422, retryable: false, title: 'The attribute is set by the hub, not by the sender.' },
  data_missing: { status: 422, retryable: false, title: 'An event that is not a retraction needs data.' },
  revision_missing: {
    status: 422,
    retryable: false,
    title: 'A move to another subject needs a revision of at least 1.',
  },
  unknown_hub: { status: 422, retryable: false, title: 'The hub code is not known.' },
  unknown_partner: { status: 422, retryable: false, title: 'The partner is not a known country or region.' },
  unknown_trade_mode: { status: 422, retryable: false, title: 'The customs trade mode is not known.' },
  unknown_port_of_entry: { status: 422, retryable: false, title: 'The port of entry is not known.' },
  check_digit: { status: 422, retryable: false, title: 'The identifier fails its check digit or syntax.' },
  quantity_out_of_range: { status: 422, retryable: false, title: 'A quantity is not an integer from 0 to the limit.' },
  event_too_large: { status: 422, retryable: false, title: 'The event is larger than the limit for one event.' },
  unknown_place: { status: 422, retryable: false, title: 'The place is not known, so neither is its time zone.' },
  time_missing: { status: 422, retryable: false, title: 'The message does not say when it happened.' },
  // A message in a carrier's format.
  unknown_format: { status: 415, retryable: false, title: 'The format of the message is not one of ours.' },
  invalid_message: { status: 422, retryable: false, title: 'The message does not follow its format.' },
  unsupported_message: {
    status: 422,
    retryable: false,
    title: 'The format is ours, but this kind of message tells no events.',
  },
  // One record of the log, found by a consumer.
  unreadable_record: { status: 422, retryable: false, title: 'The record is empty or not a JSON object.' },
  wrong_topic: { status: 422, retryable: false, title: 'The event type does not belong to the topic it was found on.' },
  cell_overflow: {
    status: 422,
    retryable: false,
    title: 'The event would lift a total above the largest exact integer.',
  },
} as const satisfies Record<string, ProblemRow>;

export type ProblemCode = keyof typeof problems;

/** A problem as a value: what handlers return instead of throwing. `path` is a JSONPath to the field at fault. */
export interface Problem {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly path?: string;
  /** The rule that was broken, by standard and section. */
  readonly rule?: string;
  /** What would have been right. */
  readonly expected?: string;
}

/** The RFC 9457 body of a problem that ends a request. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly path?: string;
  readonly rule?: string;
  readonly expected?: string;
}

export const problemContentType = 'application/problem+json';

/** Builds the answer body of a problem. The type is a path on the service that explains its codes. */
export function problemDetails(problem: Problem): ProblemDetails {
  const { code, detail, path, rule, expected } = problem;
  const { status, title } = problems[code];
  return {
    type: `/docs/problems#${code}`,
    title,
    status,
    detail,
    code,
    ...(path === undefined ? {} : { path }),
    ...(rule === undefined ? {} : { rule }),
    ...(expected === undefined ? {} : { expected }),
  };
}
