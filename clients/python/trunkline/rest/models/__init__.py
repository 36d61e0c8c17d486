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
from .authentication import Authentication
from .auto_recharge_input import AutoRechargeInput
from .auto_recharge_shown import AutoRechargeShown
from .begun_payment import BegunPayment
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
from .cancellation import Cancellation
from .cdr_batch import CdrBatch
from .cdr_batch_input import CdrBatchInput
from .cdr_batch_result import CdrBatchResult
from .cdr_source import CdrSource
from .change_input import ChangeInput
from .changed_row import ChangedRow
from .charge import Charge
from .checkout_input import CheckoutInput
from .checkout_session import CheckoutSession
from .clock import Clock
from .collections import Collections
from .confirm_input import ConfirmInput
from .confirmation import Confirmation
from .connected_account_view import ConnectedAccountView
from .counts import Counts
from .created_api_key import CreatedApiKey
from .created_partner_key import CreatedPartnerKey
from .credit import Credit
from .credit_input import CreditInput
from .credit_note import CreditNote
from .custom_keys_view import CustomKeysView
from .deck_input import DeckInput
from .deck_name import DeckName
from .deck_version_input import DeckVersionInput
from .default_changes import DefaultChanges
from .dismissal import Dismissal
from .dispute import Dispute
from .dunning_mail import DunningMail
from .dunning_mails import DunningMails
from .dunning_policy import DunningPolicy
from .dunning_policy_changes import DunningPolicyChanges
from .dunning_step import DunningStep
from .dunning_timeline import DunningTimeline
from .endpoint_changes import EndpointChanges
from .endpoint_input import EndpointInput
from .endpoint_with_secret import EndpointWithSecret
from .event import Event
from .event_data import EventData
from .event_type import EventType
from .event_types import EventTypes
from .evidence_input import EvidenceInput
from .extension import Extension
from .figures import Figures
from .invoice import Invoice
from .invoice_changes import InvoiceChanges
from .invoice_input import InvoiceInput
from .invoice_line import InvoiceLine
from .invoice_link import InvoiceLink
from .invoice_tax import InvoiceTax
from .job import Job
from .keys_input import KeysInput
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
from .list_credit_note import ListCreditNote
from .list_credit_note_data_item import ListCreditNoteDataItem
from .list_dispute import ListDispute
from .list_dispute_data_item import ListDisputeDataItem
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
from .list_operator_charge import ListOperatorCharge
from .list_operator_charge_data_item import ListOperatorChargeDataItem
from .list_operator_dispute import ListOperatorDispute
from .list_operator_dispute_data_item import ListOperatorDisputeDataItem
from .list_overdue_tenant import ListOverdueTenant
from .list_overdue_tenant_data_item import ListOverdueTenantDataItem
from .list_partner import ListPartner
from .list_partner_data_item import ListPartnerDataItem
from .list_payment import ListPayment
from .list_payment_data_item import ListPaymentDataItem
from .list_payment_history_entry import ListPaymentHistoryEntry
from .list_payment_history_entry_data_item import ListPaymentHistoryEntryDataItem
from .list_payment_method import ListPaymentMethod
from .list_payment_method_data_item import ListPaymentMethodDataItem
from .list_phone_number import ListPhoneNumber
from .list_phone_number_data_item import ListPhoneNumberDataItem
from .list_rate_deck import ListRateDeck
from .list_rate_deck_data_item import ListRateDeckDataItem
from .list_rate_deck_row import ListRateDeckRow
from .list_rate_deck_row_data_item import ListRateDeckRowDataItem
from .list_rate_deck_version import ListRateDeckVersion
from .list_rate_deck_version_data_item import ListRateDeckVersionDataItem
from .list_refund import ListRefund
from .list_refund_data_item import ListRefundDataItem
from .list_reject import ListReject
from .list_reject_data_item import ListRejectDataItem
from .list_settlement import ListSettlement
from .list_settlement_data_item import ListSettlementDataItem
from .list_subscription_invoice import ListSubscriptionInvoice
from .list_subscription_invoice_data_item import ListSubscriptionInvoiceDataItem
from .list_tax_jurisdiction import ListTaxJurisdiction
from .list_tax_jurisdiction_data_item import ListTaxJurisdictionDataItem
from .list_tenant_limits_row import ListTenantLimitsRow
from .list_tenant_limits_row_data_item import ListTenantLimitsRowDataItem
from .list_user import ListUser
from .list_user_data_item import ListUserDataItem
from .list_wallet_transaction import ListWalletTransaction
from .list_wallet_transaction_data_item import ListWalletTransactionDataItem
from .list_webhook_delivery import ListWebhookDelivery
from .list_webhook_delivery_data_item import ListWebhookDeliveryDataItem
from .list_webhook_endpoint import ListWebhookEndpoint
from .list_webhook_endpoint_data_item import ListWebhookEndpointDataItem
from .listed_tenant import ListedTenant
from .metered_charge_input import MeteredChargeInput
from .method_confirm_input import MethodConfirmInput
from .method_input import MethodInput
from .new_api_key import NewApiKey
from .new_cdr_source import NewCdrSource
from .new_extension import NewExtension
from .new_invitation import NewInvitation
from .new_number import NewNumber
from .note_input import NoteInput
from .onboarding_link import OnboardingLink
from .one_time_charge_changes import OneTimeChargeChanges
from .one_time_charge_input import OneTimeChargeInput
from .operator import Operator
from .operator_charge import OperatorCharge
from .operator_dispute import OperatorDispute
from .outcome_input import OutcomeInput
from .overdue_tenant import OverdueTenant
from .paid_input import PaidInput
from .partner import Partner
from .partner_changes import PartnerChanges
from .partner_input import PartnerInput
from .partner_key import PartnerKey
from .payment import Payment
from .payment_action import PaymentAction
from .payment_history_entry import PaymentHistoryEntry
from .payment_input import PaymentInput
from .payment_method import PaymentMethod
from .payment_method_setup import PaymentMethodSetup
from .payment_processor import PaymentProcessor
from .pending_plan import PendingPlan
from .phone_number import PhoneNumber
from .plan import Plan
from .plan_change_preview import PlanChangePreview
from .plans import Plans
from .platform_fees import PlatformFees
from .platform_fees_input import PlatformFeesInput
from .preview_input import PreviewInput
from .problem import Problem
from .problem_detail import ProblemDetail
from .processor_changes import ProcessorChanges
from .profile_dunning_policy import ProfileDunningPolicy
from .promise_input import PromiseInput
from .promise_to_pay import PromiseToPay
from .proposal_input import ProposalInput
from .proposed_deck_file import ProposedDeckFile
from .rate_change import RateChange
from .rate_change_input import RateChangeInput
from .rate_changes import RateChanges
from .rate_deck import RateDeck
from .rate_deck_diff import RateDeckDiff
from .rate_deck_row import RateDeckRow
from .rate_deck_version import RateDeckVersion
from .rate_limit import RateLimit
from .record_result import RecordResult
from .recurring_charge_changes import RecurringChargeChanges
from .recurring_charge_input import RecurringChargeInput
from .reference import Reference
from .refund import Refund
from .refund_input import RefundInput
from .refund_policy import RefundPolicy
from .refund_result import RefundResult
from .refund_shown import RefundShown
from .refundable import Refundable
from .reject import Reject
from .reject_detail import RejectDetail
from .replay_input import ReplayInput
from .replay_outcome import ReplayOutcome
from .reported_usage import ReportedUsage
from .retry_place import RetryPlace
from .retry_result import RetryResult
from .rotation import Rotation
from .settled_input import SettledInput
from .settlement import Settlement
from .settlement_day import SettlementDay
from .settlement_sum import SettlementSum
from .setup_with_secret import SetupWithSecret
from .simulated_proposal import SimulatedProposal
from .simulation_input import SimulationInput
from .simulation_result import SimulationResult
from .simulation_totals import SimulationTotals
from .span import Span
from .statement_view import StatementView
from .subscription import Subscription
from .subscription_edit import SubscriptionEdit
from .subscription_invoice import SubscriptionInvoice
from .subscription_line import SubscriptionLine
from .subscription_usage import SubscriptionUsage
from .tax_jurisdiction import TaxJurisdiction
from .tax_jurisdiction_changes import TaxJurisdictionChanges
from .tax_jurisdiction_input import TaxJurisdictionInput
from .tenant import Tenant
from .tenant_balance import TenantBalance
from .tenant_changes import TenantChanges
from .tenant_defaults import TenantDefaults
from .tenant_input import TenantInput
from .tenant_limits import TenantLimits
from .tenant_limits_row import TenantLimitsRow
from .tenant_simulation import TenantSimulation
from .tenant_tax_jurisdictions import TenantTaxJurisdictions
from .tenant_usage import TenantUsage
from .terms_input import TermsInput
from .terms_list import TermsList
from .top_up_input import TopUpInput
from .trial import Trial
from .trial_input import TrialInput
from .unpaid_invoice import UnpaidInvoice
from .usage import Usage
from .usage_day import UsageDay
from .usage_days import UsageDays
from .usage_input import UsageInput
from .usage_summary import UsageSummary
from .user import User
from .user_edit import UserEdit
from .wallet import Wallet
from .wallet_balance import WalletBalance
from .wallet_refund_input import WalletRefundInput
from .wallet_refund_part import WalletRefundPart
from .wallet_transaction import WalletTransaction
from .webhook_attempt import WebhookAttempt
from .webhook_delivery import WebhookDelivery
from .webhook_delivery_detail import WebhookDeliveryDetail
from .webhook_endpoint import WebhookEndpoint
from .wholesale_rates import WholesaleRates
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
    "Authentication",
    "AutoRechargeInput",
    "AutoRechargeShown",
    "BegunPayment",
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
    "Cancellation",
    "CdrBatch",
    "CdrBatchInput",
    "CdrBatchResult",
    "CdrSource",
    "ChangeInput",
    "ChangedRow",
    "Charge",
    "CheckoutInput",
    "CheckoutSession",
    "Clock",
    "Collections",
    "ConfirmInput",
    "Confirmation",
    "ConnectedAccountView",
    "Counts",
    "CreatedApiKey",
    "CreatedPartnerKey",
    "Credit",
    "CreditInput",
    "CreditNote",
    "CustomKeysView",
    "DeckInput",
    "DeckName",
    "DeckVersionInput",
    "DefaultChanges",
    "Dismissal",
    "Dispute",
    "DunningMail",
    "DunningMails",
    "DunningPolicy",
    "DunningPolicyChanges",
    "DunningStep",
    "DunningTimeline",
    "EndpointChanges",
    "EndpointInput",
    "EndpointWithSecret",
    "Event",
    "EventData",
    "EventType",
    "EventTypes",
    "EvidenceInput",
    "Extension",
    "Figures",
    "Invoice",
    "InvoiceChanges",
    "InvoiceInput",
    "InvoiceLine",
    "InvoiceLink",
    "InvoiceTax",
    "Job",
    "KeysInput",
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
    "ListCreditNote",
    "ListCreditNoteDataItem",
    "ListDispute",
    "ListDisputeDataItem",
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
    "ListOperatorCharge",
    "ListOperatorChargeDataItem",
    "ListOperatorDispute",
    "ListOperatorDisputeDataItem",
    "ListOverdueTenant",
    "ListOverdueTenantDataItem",
    "ListPartner",
    "ListPartnerDataItem",
    "ListPayment",
    "ListPaymentDataItem",
    "ListPaymentHistoryEntry",
    "ListPaymentHistoryEntryDataItem",
    "ListPaymentMethod",
    "ListPaymentMethodDataItem",
    "ListPhoneNumber",
    "ListPhoneNumberDataItem",
    "ListRateDeck",
    "ListRateDeckDataItem",
    "ListRateDeckRow",
    "ListRateDeckRowDataItem",
    "ListRateDeckVersion",
    "ListRateDeckVersionDataItem",
    "ListRefund",
    "ListRefundDataItem",
    "ListReject",
    "ListRejectDataItem",
    "ListSettlement",
    "ListSettlementDataItem",
    "ListSubscriptionInvoice",
    "ListSubscriptionInvoiceDataItem",
    "ListTaxJurisdiction",
    "ListTaxJurisdictionDataItem",
    "ListTenantLimitsRow",
    "ListTenantLimitsRowDataItem",
    "ListUser",
    "ListUserDataItem",
    "ListWalletTransaction",
    "ListWalletTransactionDataItem",
    "ListWebhookDelivery",
    "ListWebhookDeliveryDataItem",
    "ListWebhookEndpoint",
    "ListWebhookEndpointDataItem",
    "ListedTenant",
    "MeteredChargeInput",
    "MethodConfirmInput",
    "MethodInput",
    "NewApiKey",
    "NewCdrSource",
    "NewExtension",
    "NewInvitation",
    "NewNumber",
    "NoteInput",
    "OnboardingLink",
    "OneTimeChargeChanges",
    "OneTimeChargeInput",
    "Operator",
    "OperatorCharge",
    "OperatorDispute",
    "OutcomeInput",
    "OverdueTenant",
    "PaidInput",
    "Partner",
    "PartnerChanges",
    "PartnerInput",
    "PartnerKey",
    "Payment",
    "PaymentAction",
    "PaymentHistoryEntry",
    "PaymentInput",
    "PaymentMethod",
    "PaymentMethodSetup",
    "PaymentProcessor",
    "PendingPlan",
    "PhoneNumber",
    "Plan",
    "PlanChangePreview",
    "Plans",
    "PlatformFees",
    "PlatformFeesInput",
    "PreviewInput",
    "Problem",
    "ProblemDetail",
    "ProcessorChanges",
    "ProfileDunningPolicy",
    "PromiseInput",
    "PromiseToPay",
    "ProposalInput",
    "ProposedDeckFile",
    "RateChange",
    "RateChangeInput",
    "RateChanges",
    "RateDeck",
    "RateDeckDiff",
    "RateDeckRow",
    "RateDeckVersion",
    "RateLimit",
    "RecordResult",
    "RecurringChargeChanges",
    "RecurringChargeInput",
    "Reference",
    "Refund",
    "RefundInput",
    "RefundPolicy",
    "RefundResult",
    "RefundShown",
    "Refundable",
    "Reject",
    "RejectDetail",
    "ReplayInput",
    "ReplayOutcome",
    "ReportedUsage",
    "RetryPlace",
    "RetryResult",
    "Rotation",
    "SettledInput",
    "Settlement",
    "SettlementDay",
    "SettlementSum",
    "SetupWithSecret",
    "SimulatedProposal",
    "SimulationInput",
    "SimulationResult",
    "SimulationTotals",
    "Span",
    "StatementView",
    "Subscription",
    "SubscriptionEdit",
    "SubscriptionInvoice",
    "SubscriptionLine",
    "SubscriptionUsage",
    "TaxJurisdiction",
    "TaxJurisdictionChanges",
    "TaxJurisdictionInput",
    "Tenant",
    "TenantBalance",
    "TenantChanges",
    "TenantDefaults",
    "TenantInput",
    "TenantLimits",
    "TenantLimitsRow",
    "TenantSimulation",
    "TenantTaxJurisdictions",
    "TenantUsage",
    "TermsInput",
    "TermsList",
    "TopUpInput",
    "Trial",
    "TrialInput",
    "UnpaidInvoice",
    "Usage",
    "UsageDay",
    "UsageDays",
    "UsageInput",
    "UsageSummary",
    "User",
    "UserEdit",
    "Wallet",
    "WalletBalance",
    "WalletRefundInput",
    "WalletRefundPart",
    "WalletTransaction",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookDeliveryDetail",
    "WebhookEndpoint",
    "WholesaleRates",
    "WholesaleTerms",
)
