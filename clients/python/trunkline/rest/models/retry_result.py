from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.retry_place import RetryPlace


T = TypeVar("T", bound="RetryResult")


@_attrs_define
class RetryResult:
    """What trying again achieved."""

    rated: int
    """ Unrated calls that have a price now. """
    resolved: int
    """ Rejects whose records are calls now. """
    tried: int
    """ Rejects that were tried. """
    unrated: int
    """ Unrated calls that still have none. """
    next_: None | RetryPlace | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.retry_place import RetryPlace

        rated = self.rated

        resolved = self.resolved

        tried = self.tried

        unrated = self.unrated

        next_: dict[str, Any] | None | Unset
        if isinstance(self.next_, Unset):
            next_ = UNSET
        elif isinstance(self.next_, RetryPlace):
            next_ = self.next_.to_dict()
        else:
            next_ = self.next_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "rated": rated,
                "resolved": resolved,
                "tried": tried,
                "unrated": unrated,
            }
        )
        if next_ is not UNSET:
            field_dict["next"] = next_

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.retry_place import RetryPlace

        d = dict(src_dict)
        rated = d.pop("rated")

        resolved = d.pop("resolved")

        tried = d.pop("tried")

        unrated = d.pop("unrated")

        def _parse_next_(data: object) -> None | RetryPlace | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                next_type_0 = RetryPlace.from_dict(data)

                return next_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RetryPlace | Unset, data)

        next_ = _parse_next_(d.pop("next", UNSET))

        retry_result = cls(
            rated=rated,
            resolved=resolved,
            tried=tried,
            unrated=unrated,
            next_=next_,
        )

        retry_result.additional_properties = d
        return retry_result

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
