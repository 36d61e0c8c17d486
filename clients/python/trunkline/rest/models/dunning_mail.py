from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="DunningMail")


@_attrs_define
class DunningMail:
    """A mail of dunning as it would be sent now."""

    body: str
    """ Its text. """
    is_sent: bool
    """ Whether the policy in force has it sent. """
    letter: str
    """ `reminder`, `flagged`, `suspended` or `interrupted`. """
    recipient: str
    """ Its address. """
    sender: str
    """ Who it comes from. """
    subject: str
    """ Its subject. """
    to: str
    """ Who gets it. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        body = self.body

        is_sent = self.is_sent

        letter = self.letter

        recipient = self.recipient

        sender = self.sender

        subject = self.subject

        to = self.to

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "body": body,
                "is_sent": is_sent,
                "letter": letter,
                "recipient": recipient,
                "sender": sender,
                "subject": subject,
                "to": to,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        body = d.pop("body")

        is_sent = d.pop("is_sent")

        letter = d.pop("letter")

        recipient = d.pop("recipient")

        sender = d.pop("sender")

        subject = d.pop("subject")

        to = d.pop("to")

        dunning_mail = cls(
            body=body,
            is_sent=is_sent,
            letter=letter,
            recipient=recipient,
            sender=sender,
            subject=subject,
            to=to,
        )

        dunning_mail.additional_properties = d
        return dunning_mail

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
