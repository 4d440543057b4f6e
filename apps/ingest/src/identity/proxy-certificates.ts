/**
 * The subject of a client certificate, from the header of a proxy that ended TLS and verified it. From any other address the header is
 * what anybody can write, and is passed over.
 *
 * The text is compared as the proxy writes it, because proxies do not agree on how: the subject is registered in the same form. Node
 * joins a header that came twice with a comma, so one that a client smuggled past the proxy makes a subject that nobody has.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isIPv6 } from 'node:net';
import { blockListOf, type MtlsSettings } from '@landbridge/config';

export class ProxyCertificates {
  readonly #header: string;
  readonly #proxies;

  constructor({ header, trustedProxies }: MtlsSettings) {
    this.#header = header;
    this.#proxies = blockListOf(trustedProxies);
  }

  /** The subject, or undefined where there is none, it is off, or the header is not to be believed. */
  subjectOf(headers: IncomingHttpHeaders, remoteAddress: string | undefined): string | undefined {
    if (this.#header === '' || remoteAddress === undefined) return undefined;
    const subject = headers[this.#header];
    if (typeof subject !== 'string' || subject === '') return undefined;
    return this.#proxies.check(remoteAddress, isIPv6(remoteAddress) ? 'ipv6' : 'ipv4') ? subject : undefined;
  }
}
