/**
 * The `Idempotency-Key` header: a name that the sender gives a whole request, so that it can be sent again and is answered the same.
 * The draft asks for a quoted string; the bare word that most clients send is taken too, and means the same.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07 section 2.1
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Problem } from '@landbridge/contracts';

type KeyResult =
  | { readonly ok: true; readonly idempotencyKey: string | undefined }
  | { readonly ok: false; readonly problem: Problem };

/** The key of a request, without quotes; undefined where it has none. Problem: invalid_parameter. */
export function idempotencyKeyOf(headers: IncomingHttpHeaders): KeyResult {
  const header = headers['idempotency-key'];
  if (header === undefined) return none;
  const match = typeof header === 'string' ? keyForm.exec(header.trim()) : null;
  if (match) return { ok: true, idempotencyKey: (match[1] ?? match[2])! };
  return {
    ok: false,
    problem: {
      code: 'invalid_parameter',
      detail: 'Idempotency-Key is 1 to 255 printable ASCII characters, in double quotes or a word without spaces',
      path: 'Idempotency-Key',
    },
  };
}

/** In quotes anything printable but quotes and backslashes; bare, no spaces, commas or semicolons either. */
const keyForm = /^(?:"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,255}))$/;

const none: KeyResult = { ok: true, idempotencyKey: undefined };
