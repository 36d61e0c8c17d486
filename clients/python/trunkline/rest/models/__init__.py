"""Contains all the data models used in inputs/outputs"""

from .adjustment import Adjustment
from .advance import Advance
from .amounts import Amounts
from .api_key import ApiKey
from .api_key_edit import ApiKeyEdit
from .api_request import ApiRequest
from .assignee import Assignee
from .audit_entry import AuditEntry
from .audit_entry_after_type_0 import AuditEntryAfterType0
from .audit_entry_before_type_0 import AuditEntryBeforeType0
from .bill_to import BillTo
from .billing_profile import BillingProfile
from .billing_profile_changes import BillingProfileChanges
from .billing_profile_input import BillingProfileInput
from .call import Call
from .call_detail import CallDetail
from .call_rating import CallRating
from .call_rating_retail import CallRatingRetail
from .call_rating_wholesale import CallRatingWholesale
from .call_record import CallRecord
from .cdr_batch import CdrBatch
from .cdr_batch_input import CdrBatchInput
from .cdr_batch_result import CdrBatchResult
from .cdr_source import CdrSource
from .changed_row import ChangedRow
from .charge import Charge
from .clock import Clock
from .confirmation import Confirmation
from .counts import Counts
from .created_api_key import CreatedApiKey
from .created_partner_key import CreatedPartnerKey
from .credit import Credit
from .credit_input import CreditInput
from .deck_input import DeckInput
from .deck_version_input import DeckVersionInput
from .default_changes import DefaultChanges
from .endpoint_changes import EndpointChanges
from .endpoint_input import EndpointInput
from .endpoint_with_secret import EndpointWithSecret
from .event import Event
from .event_data import EventData
from .event_type import EventType
from .event_types import EventTypes
from .extension import Extension
from .figures import Figures
from .invoice import Invoice
from .invoice_changes import InvoiceChanges
from .invoice_input import InvoiceInput
from .invoice_line import InvoiceLine
from .invoice_tax import InvoiceTax
from .job import Job
from .limit_changes import LimitChanges
from .line_input import LineInput
from .list_api_key import ListApiKey
from .list_api_key_data_item import ListApiKeyDataItem
from .list_api_request import ListApiRequest
from .list_api_request_data_item import ListApiRequestDataItem
from .list_audit_entry import ListAuditEntry
from .list_audit_entry_data_item import ListAuditEntryDataItem
from .list_audit_entry_data_item_after_type_0 import ListAuditEntryDataItemAfterType0
from .list_audit_entry_data_item_before_type_0 import ListAuditEntryDataItemBeforeType0
from .list_billing_profile import ListBillingProfile
from .list_billing_profile_data_item import ListBillingProfileDataItem
from .list_call import ListCall
from .list_call_data_item import ListCallDataItem
from .list_cdr_batch import ListCdrBatch
from .list_cdr_batch_data_item import ListCdrBatchDataItem
from .list_cdr_source import ListCdrSource
from .list_cdr_source_data_item import ListCdrSourceDataItem
from .list_charge import ListCharge
from .list_charge_data_item import ListChargeDataItem
from .list_credit import ListCredit
from .list_credit_data_item import ListCreditDataItem
from .list_event import ListEvent
from .list_event_data_item import ListEventDataItem
from .list_event_data_item_data import ListEventDataItemData
from .list_extension import ListExtension
from .list_extension_data_item import ListExtensionDataItem
from .list_invoice import ListInvoice
from .list_invoice_data_item import ListInvoiceDataItem
from .list_invoice_line import ListInvoiceLine
from .list_invoice_line_data_item import ListInvoiceLineDataItem
from .list_job import ListJob
from .list_job_data_item import ListJobDataItem
from .list_listed_tenant import ListListedTenant
from .list_listed_tenant_data_item import ListListedTenantDataItem
from .list_partner import ListPartner
from .list_partner_data_item import ListPartnerDataItem
from .list_payment import ListPayment
from .list_payment_data_item import ListPaymentDataItem
from .list_phone_number import ListPhoneNumber
from .list_phone_number_data_item import ListPhoneNumberDataItem
from .list_rate_deck import ListRateDeck
from .list_rate_deck_data_item import ListRateDeckDataItem
from .list_rate_deck_row import ListRateDeckRow
from .list_rate_deck_row_data_item import ListRateDeckRowDataItem
from .list_rate_deck_version import ListRateDeckVersion
from .list_rate_deck_version_data_item import ListRateDeckVersionDataItem
from .list_reject import ListReject
from .list_reject_data_item import ListRejectDataItem
from .list_tax_jurisdiction import ListTaxJurisdiction
from .list_tax_jurisdiction_data_item import ListTaxJurisdictionDataItem
from .list_wallet_transaction import ListWalletTransaction
from .list_wallet_transaction_data_item import ListWalletTransactionDataItem
from .list_webhook_delivery import ListWebhookDelivery
from .list_webhook_delivery_data_item import ListWebhookDeliveryDataItem
from .list_webhook_endpoint import ListWebhookEndpoint
from .list_webhook_endpoint_data_item import ListWebhookEndpointDataItem
from .listed_tenant import ListedTenant
from .metered_charge_input import MeteredChargeInput
from .new_api_key import NewApiKey
from .new_cdr_source import NewCdrSource
from .new_extension import NewExtension
from .new_number import NewNumber
from .one_time_charge_input import OneTimeChargeInput
from .operator import Operator
from .paid_input import PaidInput
from .partner import Partner
from .partner_changes import PartnerChanges
from .partner_input import PartnerInput
from .partner_key import PartnerKey
from .payment import Payment
from .payment_input import PaymentInput
from .phone_number import PhoneNumber
from .problem import Problem
from .problem_detail import ProblemDetail
from .proposal_input import ProposalInput
from .proposed_deck_file import ProposedDeckFile
from .rate_deck import RateDeck
from .rate_deck_diff import RateDeckDiff
from .rate_deck_row import RateDeckRow
from .rate_deck_version import RateDeckVersion
from .rate_limit import RateLimit
from .record_result import RecordResult
from .recurring_charge_input import RecurringChargeInput
from .reference import Reference
from .reject import Reject
from .reject_detail import RejectDetail
from .replay_input import ReplayInput
from .replay_outcome import ReplayOutcome
from .reported_usage import ReportedUsage
from .retry_place import RetryPlace
from .retry_result import RetryResult
from .rotation import Rotation
from .simulated_proposal import SimulatedProposal
from .simulation_input import SimulationInput
from .simulation_result import SimulationResult
from .simulation_totals import SimulationTotals
from .span import Span
from .tax_jurisdiction import TaxJurisdiction
from .tax_jurisdiction_changes import TaxJurisdictionChanges
from .tax_jurisdiction_input import TaxJurisdictionInput
from .tenant import Tenant
from .tenant_balance import TenantBalance
from .tenant_changes import TenantChanges
from .tenant_defaults import TenantDefaults
from .tenant_input import TenantInput
from .tenant_limits import TenantLimits
from .tenant_simulation import TenantSimulation
from .tenant_tax_jurisdictions import TenantTaxJurisdictions
from .tenant_usage import TenantUsage
from .terms_input import TermsInput
from .terms_list import TermsList
from .trial import Trial
from .trial_input import TrialInput
from .usage import Usage
from .usage_day import UsageDay
from .usage_days import UsageDays
from .usage_input import UsageInput
from .usage_summary import UsageSummary
from .wallet import Wallet
from .wallet_balance import WalletBalance
from .wallet_transaction import WalletTransaction
from .webhook_attempt import WebhookAttempt
from .webhook_delivery import WebhookDelivery
from .webhook_delivery_detail import WebhookDeliveryDetail
from .webhook_endpoint import WebhookEndpoint
from .wholesale_terms import WholesaleTerms

__all__ = (
    "Adjustment",
    "Advance",
    "Amounts",
    "ApiKey",
    "ApiKeyEdit",
    "ApiRequest",
    "Assignee",
    "AuditEntry",
    "AuditEntryAfterType0",
    "AuditEntryBeforeType0",
    "BillTo",
    "BillingProfile",
    "BillingProfileChanges",
    "BillingProfileInput",
    "Call",
    "CallDetail",
    "CallRating",
    "CallRatingRetail",
    "CallRatingWholesale",
    "CallRecord",
    "CdrBatch",
    "CdrBatchInput",
    "CdrBatchResult",
    "CdrSource",
    "ChangedRow",
    "Charge",
    "Clock",
    "Confirmation",
    "Counts",
    "CreatedApiKey",
    "CreatedPartnerKey",
    "Credit",
    "CreditInput",
    "DeckInput",
    "DeckVersionInput",
    "DefaultChanges",
    "EndpointChanges",
    "EndpointInput",
    "EndpointWithSecret",
    "Event",
    "EventData",
    "EventType",
    "EventTypes",
    "Extension",
    "Figures",
    "Invoice",
    "InvoiceChanges",
    "InvoiceInput",
    "InvoiceLine",
    "InvoiceTax",
    "Job",
    "LimitChanges",
    "LineInput",
    "ListApiKey",
    "ListApiKeyDataItem",
    "ListApiRequest",
    "ListApiRequestDataItem",
    "ListAuditEntry",
    "ListAuditEntryDataItem",
    "ListAuditEntryDataItemAfterType0",
    "ListAuditEntryDataItemBeforeType0",
    "ListBillingProfile",
    "ListBillingProfileDataItem",
    "ListCall",
    "ListCallDataItem",
    "ListCdrBatch",
    "ListCdrBatchDataItem",
    "ListCdrSource",
    "ListCdrSourceDataItem",
    "ListCharge",
    "ListChargeDataItem",
    "ListCredit",
    "ListCreditDataItem",
    "ListEvent",
    "ListEventDataItem",
    "ListEventDataItemData",
    "ListExtension",
    "ListExtensionDataItem",
    "ListInvoice",
    "ListInvoiceDataItem",
    "ListInvoiceLine",
    "ListInvoiceLineDataItem",
    "ListJob",
    "ListJobDataItem",
    "ListListedTenant",
    "ListListedTenantDataItem",
    "ListPartner",
    "ListPartnerDataItem",
    "ListPayment",
    "ListPaymentDataItem",
    "ListPhoneNumber",
    "ListPhoneNumberDataItem",
    "ListRateDeck",
    "ListRateDeckDataItem",
    "ListRateDeckRow",
    "ListRateDeckRowDataItem",
    "ListRateDeckVersion",
    "ListRateDeckVersionDataItem",
    "ListReject",
    "ListRejectDataItem",
    "ListTaxJurisdiction",
    "ListTaxJurisdictionDataItem",
    "ListWalletTransaction",
    "ListWalletTransactionDataItem",
    "ListWebhookDelivery",
    "ListWebhookDeliveryDataItem",
    "ListWebhookEndpoint",
    "ListWebhookEndpointDataItem",
    "ListedTenant",
    "MeteredChargeInput",
    "NewApiKey",
    "NewCdrSource",
    "NewExtension",
    "NewNumber",
    "OneTimeChargeInput",
    "Operator",
    "PaidInput",
    "Partner",
    "PartnerChanges",
    "PartnerInput",
    "PartnerKey",
    "Payment",
    "PaymentInput",
    "PhoneNumber",
    "Problem",
    "ProblemDetail",
    "ProposalInput",
    "ProposedDeckFile",
    "RateDeck",
    "RateDeckDiff",
    "RateDeckRow",
    "RateDeckVersion",
    "RateLimit",
    "RecordResult",
    "RecurringChargeInput",
    "Reference",
    "Reject",
    "RejectDetail",
    "ReplayInput",
    "ReplayOutcome",
    "ReportedUsage",
    "RetryPlace",
    "RetryResult",
    "Rotation",
    "SimulatedProposal",
    "SimulationInput",
    "SimulationResult",
    "SimulationTotals",
    "Span",
    "TaxJurisdiction",
    "TaxJurisdictionChanges",
    "TaxJurisdictionInput",
    "Tenant",
    "TenantBalance",
    "TenantChanges",
    "TenantDefaults",
    "TenantInput",
    "TenantLimits",
    "TenantSimulation",
    "TenantTaxJurisdictions",
    "TenantUsage",
    "TermsInput",
    "TermsList",
    "Trial",
    "TrialInput",
    "Usage",
    "UsageDay",
    "UsageDays",
    "UsageInput",
    "UsageSummary",
    "Wallet",
    "WalletBalance",
    "WalletTransaction",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookDeliveryDetail",
    "WebhookEndpoint",
    "WholesaleTerms",
)
