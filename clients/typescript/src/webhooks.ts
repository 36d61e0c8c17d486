/** Verification of webhooks (Standard Webhooks). */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** A webhook that may not be believed. */
export class SignatureError extends Error {
  override name = 'SignatureError';
}

type Headers = Record<string, string | string[] | undefined> | { get(name: string): string | null };

const PREFIX = 'whsec_';

/**
 * The event in `body`, if it was signed with one of `secrets` (while a secret is being exchanged
 * there are two) and not long ago. `body` must be the bytes as they came.
 */
export function verifyWebhook(
  body: string | Uint8Array,
  headers: Headers,
  secrets: string | readonly string[],
  { toleranceSeconds = 300, now = Date.now() / 1000 } = {},
): unknown {
  const id = header(headers, 'webhook-id');
  const timestamp = header(headers, 'webhook-timestamp');
  const signatures = header(headers, 'webhook-signature').split(' ');
  if (!/^\d{1,15}$/.test(timestamp)) {
    throw new SignatureError('webhook-timestamp is no number of seconds');
  }
  if (Math.abs(now - Number(timestamp)) > toleranceSeconds) {
    throw new SignatureError('webhook-timestamp is too far from now');
  }
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : Buffer.from(body);
  const isSigned = [secrets].flat().some((secret) => {
    const mac = createHmac('sha256', secretBytes(secret));
    const digest = mac.update(`${id}.${timestamp}.`).update(bytes).digest();
    return signatures.some((signature) => matches(signature, digest));
  });
  if (!isSigned) {
    throw new SignatureError('no signature is of a known secret');
  }
  return JSON.parse(bytes.toString('utf8'));
}

function matches(signature: string, digest: Buffer): boolean {
  if (!signature.startsWith('v1,')) return false;
  const given = Buffer.from(signature.slice('v1,'.length), 'base64');
  return given.length === digest.length && timingSafeEqual(given, digest);
}

function secretBytes(secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0) throw new SignatureError('the secret is empty');
  return bytes;
}

function header(headers: Headers, name: string): string {
  let value: string | string[] | null | undefined;
  if (typeof headers.get === 'function') {
    value = headers.get(name);
  } else {
    const all = Object.entries(headers as Record<string, string | string[] | undefined>);
    value = all.find(([key]) => key.toLowerCase() === name)?.[1];
  }
  if (typeof value !== 'string' || value === '') throw new SignatureError(`${name} is missing`);
  return value;
}
