//! The form of an invoice that a person writes: lines, and a note at the end (INV-14, INV-23).

use app::error::FieldError;
use maud::{Markup, html};

use crate::portal::{
    parts::{Area, Field, Stale, crumbs, hidden, other_errors, page_head},
    shell::{Frame, Page},
};

/// Lines that an empty form has, and that are added at once.
pub(super) const ROWS: usize = 3;
/// Lines that a form has at most; longer invoices are for programs.
pub(super) const MAX_ROWS: usize = 60;

/// A line as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Typed {
    pub(super) description: String,
    pub(super) quantity: String,
    pub(super) unit: String,
    pub(super) price: String,
    pub(super) is_untaxed: Option<()>,
}

impl Typed {
    /// Whether nothing was typed into it.
    pub(super) fn is_empty(&self) -> bool {
        [&self.description, &self.quantity, &self.unit, &self.price].iter().all(|it| it.is_empty())
    }
}

/// The form.
#[derive(Debug, Clone)]
pub(in crate::portal) struct DraftForm {
    /// Id and version of the draft that is edited.
    pub(super) edited: Option<(String, i64)>,
    /// What was typed for the tenant, where the invoice is new; whose it is, where not.
    pub(super) tenant: String,
    /// SIP prefix and name of tenants that are suggested.
    pub(super) suggested: Vec<(String, String)>,
    pub(super) rows: Vec<Typed>,
    pub(super) notes: String,
    pub(super) once: String,
    pub(super) errors: Vec<FieldError>,
    pub(super) stale: Option<Stale>,
}

impl Page for DraftForm {
    fn title(&self) -> String {
        if self.edited.is_some() { "Edit draft" } else { "New invoice" }.to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let (action, back, up) = match &self.edited {
            Some((id, _)) => {
                let path = format!("/tenant-invoices/{id}");
                (format!("{path}/edit"), path, "This draft")
            }
            None => {
                let path = "/tenant-invoices".to_owned();
                (path.clone(), path, "Tenant Invoices")
            }
        };
        let lead = "A draft first: nothing is sent or due before you issue it. A negative price is \
                    a discount.";
        html! {
            (crumbs(frame, &back, up))
            (page_head(&self.title(), lead, &Markup::default()))
            @if let Some(stale) = &self.stale { (stale.render()) }
            (self.wrong())
            section.card.form.broad aria-label="Invoice" {
                form method="post" action=(frame.path(&action)) {
                    (frame.seal())
                    @match &self.edited {
                        Some((_, version)) => {
                            (hidden("seen", version))
                            p { "For " strong { (self.tenant) } }
                        },
                        None => { (hidden("once", &self.once)) (self.tenant_field()) },
                    }
                    (hidden("rows", self.rows.len()))
                    @for (index, row) in self.rows.iter().enumerate() { (self.row(index, row)) }
                    @if self.rows.len() < MAX_ROWS {
                        p {
                            button.link type="submit" name="do" value="more" formnovalidate {
                                "Add more lines"
                            }
                        }
                    }
                    (Area::new("notes", "Note").value(&self.notes).errors(&self.errors)
                        .hint("At the end of the invoice.").render())
                    div.form-end {
                        button.primary type="submit" { "Save draft" }
                        a href=(frame.path(&back)) { "Cancel" }
                    }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let row = Typed {
            description: "<script>alert(1)</script>".to_owned(),
            quantity: "1.5".to_owned(),
            unit: "hour".to_owned(),
            price: "-80.00".to_owned(),
            is_untaxed: Some(()),
        };
        let fields = ["tenant", "notes", "lines", "lines.0.quantity", "lines.0.unit_price", "x"];
        let errors = fields.map(|field| FieldError {
            field: field.to_owned(),
            message: "is not what it should be".to_owned(),
        });
        let new = Self {
            edited: None,
            tenant: "\"><script>".to_owned(),
            suggested: vec![("acme".to_owned(), "<b>ACME</b>".to_owned())],
            rows: vec![row, Typed::default()],
            notes: "</textarea><script>".to_owned(),
            once: "req_1".to_owned(),
            errors: Vec::new(),
            stale: None,
        };
        let stale = Stale {
            what: "this draft".to_owned(),
            who: "Ada".to_owned(),
            when: String::new(),
            differences: Vec::new(),
        };
        let edited = Some(("inv_00000000000000000000000001".to_owned(), 2));
        let wrong = Self { edited, errors: errors.to_vec(), stale: Some(stale), ..new.clone() };
        vec![Self { errors: errors.to_vec(), ..new.clone() }, new, wrong]
    }
}

impl DraftForm {
    /// What is wrong and belongs to no field that is shown.
    fn wrong(&self) -> Markup {
        let mut shown = vec!["notes".to_owned(), "tenant".to_owned()];
        for index in 0..self.rows.len() {
            shown.extend(
                ["description", "quantity", "unit", "unit_price"]
                    .map(|name| format!("lines.{index}.{name}")),
            );
        }
        let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
        other_errors(&self.errors, &shown)
    }

    fn tenant_field(&self) -> Markup {
        html! {
            (Field::text("tenant", "Tenant").value(&self.tenant).errors(&self.errors)
                .list("tenants").longest(60).hint("Its SIP prefix or its id.").render())
            datalist id="tenants" {
                @for (prefix, name) in &self.suggested { option value=(prefix) { (name) } }
            }
        }
    }

    fn row(&self, index: usize, row: &Typed) -> Markup {
        let name = |what: &str| format!("lines.{index}.{what}");
        let (description, quantity) = (name("description"), name("quantity"));
        let (unit, price, untaxed) = (name("unit"), name("unit_price"), name("untaxed"));
        html! {
            fieldset.line-set {
                legend { "Line " (index + 1) }
                div.line-fields {
                    (Field::text(&description, "Description").value(&row.description)
                        .errors(&self.errors).optional().longest(500).render())
                    (Field::number(&quantity, "Quantity").value(&row.quantity)
                        .errors(&self.errors).optional().render())
                    (Field::text(&unit, "Unit").value(&row.unit).errors(&self.errors)
                        .optional().longest(50).render())
                    (Field::number(&price, "Unit price").value(&row.price)
                        .errors(&self.errors).optional().render())
                }
                (crate::portal::parts::tick((&untaxed, "No tax on this line", ""), row.is_untaxed))
            }
        }
    }
}
