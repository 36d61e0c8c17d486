//! The mails of dunning: to the partner at the flag and at the suspension, to the tenant where the
//! policy wants it.
//!
//! Decided here: plain text in the partner's brand and in nobody else's. The partner is told which
//! tenant and what follows; a tenant reads what it owes, with numbers, due days and amounts, and
//! nothing about limits or the platform. The same text is what a preview shows.

use adapters::mail::{MailError, mailbox};
use domain::{
    account::{Partner, Tenant},
    dunning::{DunningPolicy, Recipient},
    invoice::issued::Invoice,
    money::Minor,
    time::Day,
};
use store::mails::MailText;

/// What a letter of dunning is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letter {
    /// Reminds the tenant.
    Reminder,
    /// Tells the partner that a tenant is flagged.
    Flagged,
    /// Tells the partner that a tenant is suspended.
    Suspended,
    /// Tells the tenant that its service is interrupted.
    Interrupted,
}

impl Letter {
    pub(super) const ALL: [Self; 4] =
        [Self::Reminder, Self::Flagged, Self::Suspended, Self::Interrupted];

    /// The stable name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Reminder => "reminder",
            Self::Flagged => "flagged",
            Self::Suspended => "suspended",
            Self::Interrupted => "interrupted",
        }
    }

    pub(super) const fn recipient(self) -> Recipient {
        match self {
            Self::Reminder | Self::Interrupted => Recipient::Tenant,
            Self::Flagged | Self::Suspended => Recipient::Partner,
        }
    }

    /// Whether `policy` has it sent.
    pub(super) const fn is_sent(self, policy: &DunningPolicy) -> bool {
        match self {
            Self::Reminder => policy.remind_tenant,
            Self::Flagged => true,
            Self::Suspended => policy.suspends_after().is_some(),
            Self::Interrupted => {
                policy.suspends_after().is_some() && policy.tell_tenant_of_suspension
            }
        }
    }

    /// The mail.
    pub(super) fn text(self, about: &About<'_>) -> Result<MailText, MailError> {
        let (partner, tenant) = (about.partner, about.tenant);
        let brand = about.brand();
        let recipient = match self.recipient() {
            Recipient::Partner => mailbox(&partner.company_name, &partner.billing_email)?,
            Recipient::Tenant => mailbox("", &tenant.billing_email)?,
        };
        let subject = match self {
            Self::Reminder => format!("Reminder from {brand}: {} is not paid", about.total()),
            Self::Flagged => format!("{} is overdue with {}", tenant.name, about.total()),
            Self::Suspended => format!("{} was suspended for overdue invoices", tenant.name),
            Self::Interrupted => format!("Your service from {brand} is interrupted"),
        };
        let body = match self.recipient() {
            Recipient::Partner => self.to_partner(about),
            Recipient::Tenant => self.to_tenant(about),
        };
        let sender = mailbox(brand, &partner.brand.support_email)?;
        Ok(MailText { sender, recipient, subject, body, attachment: None })
    }

    fn to_partner(self, about: &About<'_>) -> String {
        let (partner, tenant) = (about.partner, about.tenant);
        let follows = match (self, about.suspends_on) {
            (Self::Suspended, _) => "Its service is suspended. Once everything overdue is paid, \
                it is restored within minutes; other reasons for a suspension, where there are \
                any, stay."
                .to_owned(),
            (_, Some(day)) => {
                format!("Without a payment its service is suspended on {}.", day.display_long())
            }
            (_, None) => "Its service is not suspended by itself: what follows is yours to \
                decide."
                .to_owned(),
        };
        let (name, days) = (&partner.company_name, about.days);
        let plural = if days == 1 { "" } else { "s" };
        format!(
            "Hello {name},\n\n\
             Tenant {} ({}) is {days} day{plural} overdue, counted from the due date of its \
             oldest unpaid invoice.\n\n{}\n{follows}\n",
            tenant.name,
            tenant.tenant_id,
            about.rows(),
        )
    }

    fn to_tenant(self, about: &About<'_>) -> String {
        let news = match self {
            Self::Interrupted => {
                "Your service is interrupted, because the following is overdue. Once it is paid, \
                 your service is restored within minutes."
            }
            _ => "We have not received a payment for the following yet.",
        };
        let name = &about.tenant.name;
        let mut text = format!("Hello {name},\n\n{news}\n\n{}", about.rows());
        if let (Self::Reminder, Some(day)) = (self, about.suspends_on) {
            let day = day.display_long();
            text += &format!("\nWithout a payment your service is interrupted on {day}.\n");
        }
        let brand = &about.partner.brand;
        let support = &brand.support_email;
        text += &format!(
            "\nAlready paid? Then please ignore this mail. Questions? Reply to it or write to \
             {support}.\n\n{}\n",
            about.brand(),
        );
        for row in [&brand.address, &brand.website] {
            if !row.trim().is_empty() {
                text += &format!("{}\n", row.trim());
            }
        }
        text
    }
}

/// What a letter is about.
pub(super) struct About<'a> {
    pub(super) partner: &'a Partner,
    pub(super) tenant: &'a Tenant,
    pub(super) policy: &'a DunningPolicy,
    /// What is owed, the oldest first.
    pub(super) invoices: Vec<&'a Invoice>,
    /// Days that the oldest of them is overdue.
    pub(super) days: i64,
    /// When the tenant is suspended.
    pub(super) suspends_on: Option<Day>,
}

impl About<'_> {
    /// Brand name, otherwise company name (INV-20).
    fn brand(&self) -> &str {
        let (brand, company) = (&self.partner.brand.name, &self.partner.company_name);
        if brand.trim().is_empty() { company } else { brand }
    }

    /// What is due on all of them.
    fn total(&self) -> String {
        let due = self.invoices.iter().map(|invoice| invoice.due().get());
        let sum = due.fold(0_i64, i64::saturating_add);
        self.tenant.currency.display(Minor::new(sum))
    }

    /// One row for each: number, due day, amount.
    fn rows(&self) -> String {
        let mut text = String::new();
        for invoice in &self.invoices {
            let number = invoice.number.as_deref().unwrap_or_default();
            let day = invoice.due_day.map_or(String::new(), |day| day.display_long());
            let due = invoice.currency.display(invoice.due());
            text += &format!("{number:<12}  due {day:<20}{due}\n");
        }
        if self.invoices.len() > 1 {
            text += &format!("{:<12}  {:<24}{}\n", "Total", "", self.total());
        }
        text
    }
}
