from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.tenant_limits import TenantLimits


T = TypeVar("T", bound="TenantDefaults")


@_attrs_define
class TenantDefaults:
    """What new tenants begin with, where nothing else is said. Tenants that exist keep what they have."""

    billing_profile_id: str
    """ The billing profile. """
    default_cnam: str
    """ The caller name that calls show, at most 15 characters. """
    limits: TenantLimits
    """ What a tenant may use. Null is unlimited; zero allows nothing. """
    recommended_limits: TenantLimits
    """ What a tenant may use. Null is unlimited; zero allows nothing. """
    timezone: str
    """ IANA zone. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        billing_profile_id = self.billing_profile_id

        default_cnam = self.default_cnam

        limits = self.limits.to_dict()

        recommended_limits = self.recommended_limits.to_dict()

        timezone = self.timezone

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "billing_profile_id": billing_profile_id,
                "default_cnam": default_cnam,
                "limits": limits,
                "recommended_limits": recommended_limits,
                "timezone": timezone,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.tenant_limits import TenantLimits

        d = dict(src_dict)
        billing_profile_id = d.pop("billing_profile_id")

        default_cnam = d.pop("default_cnam")

        limits = TenantLimits.from_dict(d.pop("limits"))

        recommended_limits = TenantLimits.from_dict(d.pop("recommended_limits"))

        timezone = d.pop("timezone")

        tenant_defaults = cls(
            billing_profile_id=billing_profile_id,
            default_cnam=default_cnam,
            limits=limits,
            recommended_limits=recommended_limits,
            timezone=timezone,
        )

        tenant_defaults.additional_properties = d
        return tenant_defaults

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
