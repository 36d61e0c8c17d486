from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.limit_changes import LimitChanges


T = TypeVar("T", bound="DefaultChanges")


@_attrs_define
class DefaultChanges:
    """What changes of the defaults. What is left out stays."""

    billing_profile_id: None | str | Unset = UNSET
    """ The billing profile. """
    default_cnam: None | str | Unset = UNSET
    """ The caller name that calls show, at most 15 characters; empty for none. """
    limits: LimitChanges | None | Unset = UNSET
    timezone: None | str | Unset = UNSET
    """ IANA zone. """

    def to_dict(self) -> dict[str, Any]:
        from ..models.limit_changes import LimitChanges

        billing_profile_id: None | str | Unset
        if isinstance(self.billing_profile_id, Unset):
            billing_profile_id = UNSET
        else:
            billing_profile_id = self.billing_profile_id

        default_cnam: None | str | Unset
        if isinstance(self.default_cnam, Unset):
            default_cnam = UNSET
        else:
            default_cnam = self.default_cnam

        limits: dict[str, Any] | None | Unset
        if isinstance(self.limits, Unset):
            limits = UNSET
        elif isinstance(self.limits, LimitChanges):
            limits = self.limits.to_dict()
        else:
            limits = self.limits

        timezone: None | str | Unset
        if isinstance(self.timezone, Unset):
            timezone = UNSET
        else:
            timezone = self.timezone

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if billing_profile_id is not UNSET:
            field_dict["billing_profile_id"] = billing_profile_id
        if default_cnam is not UNSET:
            field_dict["default_cnam"] = default_cnam
        if limits is not UNSET:
            field_dict["limits"] = limits
        if timezone is not UNSET:
            field_dict["timezone"] = timezone

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.limit_changes import LimitChanges

        d = dict(src_dict)

        def _parse_billing_profile_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        billing_profile_id = _parse_billing_profile_id(
            d.pop("billing_profile_id", UNSET)
        )

        def _parse_default_cnam(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        default_cnam = _parse_default_cnam(d.pop("default_cnam", UNSET))

        def _parse_limits(data: object) -> LimitChanges | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                limits_type_0 = LimitChanges.from_dict(data)

                return limits_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LimitChanges | None | Unset, data)

        limits = _parse_limits(d.pop("limits", UNSET))

        def _parse_timezone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        timezone = _parse_timezone(d.pop("timezone", UNSET))

        default_changes = cls(
            billing_profile_id=billing_profile_id,
            default_cnam=default_cnam,
            limits=limits,
            timezone=timezone,
        )

        return default_changes
