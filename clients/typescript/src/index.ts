/**
 * Client of the Trunkline API.
 *
 * Paths, parameters, bodies and answers have the types of the OpenAPI document. An answer that is
 * a refusal is thrown as a {@link ProblemError} by {@link unwrap}, or looked at as `error`.
 */
import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
import type { components, paths } from './schema.js';

export { SignatureError, verifyWebhook } from './webhooks.js';
export type { components, operations, paths } from './schema.js';

/** A refusal or failure (RFC 9457). */
export type Problem = components['schemas']['Problem'];

/** All operations, by method and path. */
export type Trunkline = Client<paths>;

/** Where the server is and who asks. */
export interface Options extends Omit<ClientOptions, 'baseUrl'> {
  /** Like `https://api.example.com`, without `/v1`. */
  url: string;
  /** An API key, `sk_…`. */
  key: string;
}

/** A client that sends `key` with every request. */
export function connect({ url, key, headers, ...options }: Options): Trunkline {
  const client = createClient<paths>({ ...options, baseUrl: url, ...(headers && { headers }) });
  client.use({
    onRequest({ request }) {
      request.headers.set('authorization', `Bearer ${key}`);
      return request;
    },
  });
  return client;
}

/** A refusal, with its status and code. */
export class ProblemError extends Error {
  override name = 'ProblemError';

  constructor(
    readonly status: number,
    readonly problem: Problem | undefined,
  ) {
    super(problem ? `${status} ${problem.code}: ${problem.detail}` : `status ${status}`);
  }
}

/** The data of an answer; a refusal is thrown. */
export async function unwrap<T>(
  answer: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) {
    throw new ProblemError(response.status, error as Problem | undefined);
  }
  return data as T;
}
