//! The words printed around an invoice's own data.

/// Every fixed word on the page. [`Labels::default`] is English; an invoice in another language
/// brings its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// Above the brand's address.
    pub from: String,
    /// Above the customer's address.
    pub bill_to: String,
    /// Beside the issue date.
    pub issue_date: String,
    /// Beside the due date.
    pub due_date: String,
    /// Beside the billing period.
    pub period: String,
    /// Beside the text that will appear on the card statement.
    pub statement_descriptor: String,
    /// Head of the first column.
    pub description: String,
    /// Head of the quantity column.
    pub quantity: String,
    /// Head of the unit price column.
    pub unit_price: String,
    /// Head of the amount column.
    pub amount: String,
    /// In the totals, before tax.
    pub subtotal: String,
    /// In the totals, the sum of all taxes.
    pub tax: String,
    /// In the totals, with tax.
    pub total: String,
    /// In the totals, credit taken from the customer's balance.
    pub credit_applied: String,
    /// In the totals, what has been paid.
    pub amount_paid: String,
    /// In the totals and in the highlighted panel, what is still to be paid.
    pub amount_due: String,
    /// Before the due date in the highlighted panel; `{date}` is replaced.
    pub due_on: String,
    /// Above the notes.
    pub notes: String,
    /// At the foot of each page; `{page}` and `{pages}` are replaced.
    pub page: String,
}

impl Default for Labels {
    fn default() -> Self {
        Self {
            from: "From".into(),
            bill_to: "Billed to".into(),
            issue_date: "Issue date".into(),
            due_date: "Due date".into(),
            period: "Billing period".into(),
            statement_descriptor: "Card statement".into(),
            description: "Description".into(),
            quantity: "Quantity".into(),
            unit_price: "Unit price".into(),
            amount: "Amount".into(),
            subtotal: "Subtotal".into(),
            tax: "Total tax".into(),
            total: "Total".into(),
            credit_applied: "Credit applied".into(),
            amount_paid: "Amount paid".into(),
            amount_due: "Amount due".into(),
            due_on: "Due {date}".into(),
            notes: "Notes".into(),
            page: "Page {page} of {pages}".into(),
        }
    }
}
