"""The client against a running server: TRUNKLINE_API_URL and TRUNKLINE_API_KEY say which."""

import os
import unittest
import uuid

from trunkline import SignatureError, connect, verify_webhook
from trunkline.rest.api.tenants import create_tenant, get_tenant, list_tenants
from trunkline.rest.models import Problem, TenantInput

URL = os.environ.get("TRUNKLINE_API_URL", "http://127.0.0.1:8080")
KEY = os.environ.get("TRUNKLINE_API_KEY", "")


def fresh() -> TenantInput:
    prefix = "PY" + uuid.uuid4().hex[:8].upper()
    return TenantInput(
        name="Client Test", sip_prefix=prefix, billing_email="books@client.example"
    )


class Smoke(unittest.TestCase):
    def setUp(self) -> None:
        self.client = self.connect(KEY)

    def connect(self, key: str):
        client = connect(URL, key)
        self.addCleanup(client.get_httpx_client().close)
        return client

    def test_a_tenant_is_created_found_in_the_list_and_read(self) -> None:
        body = fresh()
        tenant = create_tenant.sync(client=self.client, body=body)
        self.assertEqual(tenant.sip_prefix, body.sip_prefix)
        page = list_tenants.sync(client=self.client, limit=200)
        self.assertIn(tenant.id, [row.id for row in page.data])
        again = get_tenant.sync(tenant.id, client=self.client)
        self.assertEqual(again.to_dict(), tenant.to_dict())

    def test_a_list_is_read_page_by_page(self) -> None:
        for _ in range(2):
            create_tenant.sync(client=self.client, body=fresh())
        first = list_tenants.sync(client=self.client, limit=1)
        self.assertTrue(first.has_more)
        second = list_tenants.sync(
            client=self.client, limit=1, starting_after=first.next_cursor
        )
        self.assertNotEqual(first.data[0].id, second.data[0].id)

    def test_a_refusal_names_the_field(self) -> None:
        body = fresh()
        body.billing_email = "x"
        answer = create_tenant.sync_detailed(client=self.client, body=body)
        self.assertEqual(answer.status_code, 422)
        self.assertIsInstance(answer.parsed, Problem)
        self.assertEqual(answer.parsed.code, "validation_failed")
        self.assertEqual(answer.parsed.errors[0].pointer, "/billing_email")

    def test_a_repeated_request_has_one_effect(self) -> None:
        body, key = fresh(), str(uuid.uuid4())

        def once():
            return create_tenant.sync_detailed(
                client=self.client, body=body, idempotency_key=key
            )

        first, second = once(), once()
        self.assertEqual((first.status_code, second.status_code), (201, 201))
        self.assertEqual(first.content, second.content)
        self.assertEqual(second.headers["idempotent-replayed"], "true")

    def test_a_wrong_key_is_refused(self) -> None:
        answer = list_tenants.sync_detailed(client=self.connect("sk_test_nobodys"))
        self.assertEqual(answer.status_code, 401)
        self.assertEqual(answer.parsed.code, "unauthorized")


class Webhooks(unittest.TestCase):
    SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    OTHER = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    BODY = b'{"test": 2432232314}'
    HEADERS = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "Webhook-Signature": "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }

    def test_a_webhook_is_believed_only_with_its_signature(self) -> None:
        def read(body=self.BODY, headers=self.HEADERS, secrets=self.SECRET, now=1614265629):
            return verify_webhook(body, headers, secrets, now=now)

        self.assertEqual(read(), {"test": 2432232314})
        self.assertEqual(read(secrets=[self.OTHER, self.SECRET]), {"test": 2432232314})
        for wrong in (
            {"body": self.BODY + b" "},
            {"secrets": self.OTHER},
            {"now": 1614265631},
            {"headers": {**self.HEADERS, "webhook-id": "msg_x"}},
            {"headers": {}},
        ):
            with self.subTest(wrong), self.assertRaises(SignatureError):
                read(**wrong)


if __name__ == "__main__":
    unittest.main()
