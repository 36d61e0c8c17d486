/** The client against a running server: TRUNKLINE_API_URL and TRUNKLINE_API_KEY say which. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { connect, ProblemError, SignatureError, unwrap, verifyWebhook } from '../src/index.js';

const url = process.env['TRUNKLINE_API_URL'] ?? 'http://127.0.0.1:8080';
const key = process.env['TRUNKLINE_API_KEY'] ?? '';
const api = connect({ url, key });

const fresh = () => {
  const sip_prefix = `TS${randomUUID().replaceAll('-', '').slice(0, 8).toUpperCase()}`;
  return { name: 'Client Test', sip_prefix, billing_email: 'books@client.example' };
};

test('a tenant is created, found in the list and read', async () => {
  const body = fresh();
  const tenant = await unwrap(api.POST('/v1/tenants', { body }));
  assert.equal(tenant.sip_prefix, body.sip_prefix);
  const page = await unwrap(api.GET('/v1/tenants', { params: { query: { limit: 200 } } }));
  assert.ok(page.data.some((row) => row.id === tenant.id));
  const path = { id: tenant.id };
  const again = await unwrap(api.GET('/v1/tenants/{id}', { params: { path } }));
  assert.deepEqual(again, tenant);
});

test('a list is read page by page', async () => {
  await unwrap(api.POST('/v1/tenants', { body: fresh() }));
  await unwrap(api.POST('/v1/tenants', { body: fresh() }));
  const query = { limit: 1 };
  const first = await unwrap(api.GET('/v1/tenants', { params: { query } }));
  assert.ok(first.has_more && first.next_cursor);
  const next = { ...query, starting_after: first.next_cursor };
  const second = await unwrap(api.GET('/v1/tenants', { params: { query: next } }));
  assert.notEqual(second.data[0]?.id, first.data[0]?.id);
});

test('a refusal names the field', async () => {
  const asked = unwrap(api.POST('/v1/tenants', { body: { ...fresh(), billing_email: 'x' } }));
  await assert.rejects(asked, (error) => {
    assert.ok(error instanceof ProblemError);
    assert.equal(error.status, 422);
    assert.equal(error.problem?.code, 'validation_failed');
    assert.equal(error.problem?.errors[0]?.pointer, '/billing_email');
    return true;
  });
});

test('a repeated request has one effect', async () => {
  const headers = { 'Idempotency-Key': randomUUID() };
  const body = fresh();
  const once = () => api.POST('/v1/tenants', { body, params: { header: headers } });
  const first = await once();
  const second = await once();
  assert.equal(second.response.status, 201);
  assert.deepEqual(second.data, first.data);
  assert.equal(second.response.headers.get('idempotent-replayed'), 'true');
});

test('a wrong key is refused', async () => {
  const asked = connect({ url, key: 'sk_test_nobodys' }).GET('/v1/tenants');
  assert.equal((await asked).error?.code, 'unauthorized');
});

test('a webhook is believed only with its signature', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const body = '{"test": 2432232314}';
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'Webhook-Signature': 'v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const now = { now: 1614265330 + 299 };
  const other = 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
  assert.deepEqual(verifyWebhook(body, headers, secret, now), { test: 2432232314 });
  assert.deepEqual(verifyWebhook(body, new Headers(headers), [other, secret], now), {
    test: 2432232314,
  });
  const refused = [
    () => verifyWebhook(`${body} `, headers, secret, now),
    () => verifyWebhook(body, headers, other, now),
    () => verifyWebhook(body, headers, secret, { now: 1614265330 + 301 }),
    () => verifyWebhook(body, { ...headers, 'webhook-id': 'msg_x' }, secret, now),
    () => verifyWebhook(body, {}, secret, now),
  ];
  for (const attempt of refused) assert.throws(attempt, SignatureError);
});
