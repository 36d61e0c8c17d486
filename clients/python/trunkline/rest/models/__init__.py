"""Contains all the data models used in inputs/outputs"""

from .adjustment import Adjustment
from .advance import Advance
from .api_key import ApiKey
from .api_key_edit import ApiKeyEdit
from .api_request import ApiRequest
from .audit_entry import AuditEntry
from .audit_entry_after_type_0 import AuditEntryAfterType0
from .audit_entry_before_type_0 import AuditEntryBeforeType0
from .cdr_source import CdrSource
from .clock import Clock
from .confirmation import Confirmation
from .created_api_key import CreatedApiKey
from .created_partner_key import CreatedPartnerKey
from .endpoint_changes import EndpointChanges
from .endpoint_input import EndpointInput
from .endpoint_with_secret import EndpointWithSecret
from .event import Event
from .event_data import EventData
from .event_type import EventType
from .event_types import EventTypes
from .figures import Figures
from .job import Job
from .list_api_key import ListApiKey
from .list_api_key_data_item import ListApiKeyDataItem
from .list_api_request import ListApiRequest
from .list_api_request_data_item import ListApiRequestDataItem
from .list_audit_entry import ListAuditEntry
from .list_audit_entry_data_item import ListAuditEntryDataItem
from .list_audit_entry_data_item_after_type_0 import ListAuditEntryDataItemAfterType0
from .list_audit_entry_data_item_before_type_0 import ListAuditEntryDataItemBeforeType0
from .list_cdr_source import ListCdrSource
from .list_cdr_source_data_item import ListCdrSourceDataItem
from .list_event import ListEvent
from .list_event_data_item import ListEventDataItem
from .list_event_data_item_data import ListEventDataItemData
from .list_job import ListJob
from .list_job_data_item import ListJobDataItem
from .list_partner import ListPartner
from .list_partner_data_item import ListPartnerDataItem
from .list_tenant import ListTenant
from .list_tenant_data_item import ListTenantDataItem
from .list_webhook_delivery import ListWebhookDelivery
from .list_webhook_delivery_data_item import ListWebhookDeliveryDataItem
from .list_webhook_endpoint import ListWebhookEndpoint
from .list_webhook_endpoint_data_item import ListWebhookEndpointDataItem
from .new_api_key import NewApiKey
from .new_cdr_source import NewCdrSource
from .operator import Operator
from .partner import Partner
from .partner_changes import PartnerChanges
from .partner_input import PartnerInput
from .partner_key import PartnerKey
from .problem import Problem
from .problem_detail import ProblemDetail
from .rate_limit import RateLimit
from .replay_input import ReplayInput
from .replay_outcome import ReplayOutcome
from .rotation import Rotation
from .span import Span
from .tenant import Tenant
from .tenant_changes import TenantChanges
from .tenant_input import TenantInput
from .terms_input import TermsInput
from .terms_list import TermsList
from .wallet_balance import WalletBalance
from .webhook_attempt import WebhookAttempt
from .webhook_delivery import WebhookDelivery
from .webhook_delivery_detail import WebhookDeliveryDetail
from .webhook_endpoint import WebhookEndpoint
from .wholesale_terms import WholesaleTerms

__all__ = (
    "Adjustment",
    "Advance",
    "ApiKey",
    "ApiKeyEdit",
    "ApiRequest",
    "AuditEntry",
    "AuditEntryAfterType0",
    "AuditEntryBeforeType0",
    "CdrSource",
    "Clock",
    "Confirmation",
    "CreatedApiKey",
    "CreatedPartnerKey",
    "EndpointChanges",
    "EndpointInput",
    "EndpointWithSecret",
    "Event",
    "EventData",
    "EventType",
    "EventTypes",
    "Figures",
    "Job",
    "ListApiKey",
    "ListApiKeyDataItem",
    "ListApiRequest",
    "ListApiRequestDataItem",
    "ListAuditEntry",
    "ListAuditEntryDataItem",
    "ListAuditEntryDataItemAfterType0",
    "ListAuditEntryDataItemBeforeType0",
    "ListCdrSource",
    "ListCdrSourceDataItem",
    "ListEvent",
    "ListEventDataItem",
    "ListEventDataItemData",
    "ListJob",
    "ListJobDataItem",
    "ListPartner",
    "ListPartnerDataItem",
    "ListTenant",
    "ListTenantDataItem",
    "ListWebhookDelivery",
    "ListWebhookDeliveryDataItem",
    "ListWebhookEndpoint",
    "ListWebhookEndpointDataItem",
    "NewApiKey",
    "NewCdrSource",
    "Operator",
    "Partner",
    "PartnerChanges",
    "PartnerInput",
    "PartnerKey",
    "Problem",
    "ProblemDetail",
    "RateLimit",
    "ReplayInput",
    "ReplayOutcome",
    "Rotation",
    "Span",
    "Tenant",
    "TenantChanges",
    "TenantInput",
    "TermsInput",
    "TermsList",
    "WalletBalance",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookDeliveryDetail",
    "WebhookEndpoint",
    "WholesaleTerms",
)
