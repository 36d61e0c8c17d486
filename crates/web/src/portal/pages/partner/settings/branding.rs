//! The Branding tab: logo, colour, names, with a preview (BRD-03 to BRD-08).

use app::{error::FieldError, setup::PartnerEdit};
use axum::{extract::RawQuery, response::Response};
use domain::{account::Partner, user::Ability};
use maud::{Markup, html};

use super::{BRANDING, edit, refusal, seen, tab_bar};
use crate::portal::{
    change::Refusal,
    fields::Fields,
    guest::{Fault, Guest},
    pages::assets::hard_to_read,
    parts::{Field, FileField, alert, card, hidden, other_errors, page_head},
    shell::{self, Frame, Page, told},
};

const NAMES: &[&str] = &["brand_name", "color", "support_email", "logo"];

/// What is typed into the form.
#[derive(Debug, Clone, Default)]
struct Typed {
    brand_name: String,
    color: String,
    support_email: String,
}

/// The tab.
#[derive(Debug, Clone)]
pub(in crate::portal) struct Branding {
    seen: i64,
    typed: Typed,
    has_logo: Option<()>,
    warning: Option<String>,
    may_change: Option<()>,
    errors: Vec<FieldError>,
    notice: Option<&'static str>,
}

impl Page for Branding {
    fn title(&self) -> String {
        "Branding".to_owned()
    }

    fn body(&self, frame: &Frame) -> Markup {
        let it = &self.typed;
        let errors = &self.errors;
        html! {
            (told(self.notice))
            (page_head("Settings", "What your tenants see on pages, mails and invoices.",
                &html! {}))
            (tab_bar(frame, BRANDING))
            (other_errors(errors, NAMES))
            @if let Some(warning) = &self.warning { (alert("warning", warning)) }
            div.halves {
                (card(("brand", "Brand"), &html! {}, &html! {
                    div.inside {
                        form.broad method="post" action=(frame.path(BRANDING)) {
                            (frame.seal())
                            (hidden("seen", self.seen))
                            (Field::text("brand_name", "Brand Name").value(&it.brand_name)
                                .errors(errors).optional()
                                .hint("Empty: your company name").render())
                            (Field::text("color", "Primary Color").value(&it.color).errors(errors)
                                .hint("#RRGGBB: buttons, links, the mark of the present page")
                                .render())
                            (Field::address("support_email", "Brand Support Email")
                                .value(&it.support_email).errors(errors).optional()
                                .hint("Where your tenants ask").render())
                            @if self.may_change.is_some() {
                                button.primary type="submit" { "Save" }
                            }
                        }
                    }
                }))
                div {
                    (self.preview(frame))
                    @if self.may_change.is_some() { (self.logo_form(frame)) }
                }
            }
        }
    }

    fn samples() -> Vec<Self> {
        let typed = Typed {
            brand_name: "<script>alert(1)</script>".to_owned(),
            color: "#ffffcc".to_owned(),
            support_email: "help@oak.example".to_owned(),
        };
        let errors = NAMES.iter().chain(&["other"]).map(|field| FieldError {
            field: (*field).to_owned(),
            message: "is <i>wrong</i>".to_owned(),
        });
        let wrong = Self {
            seen: 3,
            typed,
            has_logo: Some(()),
            warning: Some("It is <b>pale</b>.".to_owned()),
            may_change: Some(()),
            errors: errors.collect(),
            notice: None,
        };
        let good = Self {
            errors: Vec::new(),
            has_logo: None,
            warning: None,
            may_change: None,
            notice: Some("Saved."),
            ..wrong.clone()
        };
        vec![wrong, good]
    }
}

impl Branding {
    fn preview(&self, frame: &Frame) -> Markup {
        card(
            ("preview", "Preview"),
            &html! {},
            &html! {
                div.inside {
                    p.home {
                        @if let Some(hash) = &frame.logo {
                            img.logo src=(frame.path(&format!("/logo?{hash}"))) alt="Your logo"
                                height="32";
                        }
                        " " strong { (frame.brand) }
                    }
                    p { span.primary.button { "A button" } " " a href=(frame.path(BRANDING)) {
                        "A link" } }
                    @if !frame.support.is_empty() { p.quietly { "Questions? " (frame.support) } }
                }
            },
        )
    }

    fn logo_form(&self, frame: &Frame) -> Markup {
        let field = FileField {
            name: "logo",
            label: "Logo",
            hint: "PNG or JPEG, at most 1 MB; shown about 32 pixels high",
            accept: "image/png,image/jpeg",
        };
        card(
            ("logo", "Logo"),
            &html! {},
            &html! {
                div.inside {
                    form.broad method="post" enctype="multipart/form-data"
                        action=(frame.path("/settings/branding/logo")) {
                        (frame.seal())
                        (hidden("seen", self.seen))
                        (field.render(&self.errors))
                        div.form-end {
                            button.button type="submit" name="do" value="save" { "Upload" }
                            @if self.has_logo.is_some() {
                                button.button type="submit" name="do" value="remove" {
                                    "Remove the logo"
                                }
                            }
                        }
                    }
                }
            },
        )
    }
}

impl Typed {
    fn of(partner: &Partner) -> Self {
        Self {
            brand_name: partner.brand.name.clone(),
            color: partner.brand.color.clone(),
            support_email: partner.brand.support_email.clone(),
        }
    }

    fn sent(fields: &Fields) -> Self {
        let typed = |name| fields.typed(name, 254);
        Self {
            brand_name: typed("brand_name"),
            color: typed("color"),
            support_email: typed("support_email"),
        }
    }
}

async fn page(guest: &Guest) -> Result<Branding, Fault> {
    let partner = guest.portal.app().partner(guest.partner_id()?).await?;
    Ok(Branding {
        seen: partner.version,
        warning: hard_to_read(&partner.brand.color),
        has_logo: partner.logo.is_some().then_some(()),
        typed: Typed::of(&partner),
        may_change: guest.may(Ability::Change).then_some(()),
        errors: Vec::new(),
        notice: None,
    })
}

pub(super) async fn show(guest: Guest, RawQuery(query): RawQuery) -> Result<Response, Fault> {
    let notice = shell::notice(query.as_deref());
    Ok(shell::show(&guest, &Branding { notice, ..page(&guest).await? }))
}

pub(super) async fn save(guest: Guest) -> Result<Response, Fault> {
    let typed = Typed::sent(&guest.fields);
    let trimmed = |text: &str| Some(text.trim().to_owned());
    let change = PartnerEdit {
        brand_name: trimmed(&typed.brand_name),
        brand_color: Some(typed.color.trim().to_ascii_lowercase()),
        support_email: trimmed(&typed.support_email),
        ..PartnerEdit::default()
    };
    match edit(&guest, (seen(&guest), change)).await? {
        Ok(()) => Ok(guest.go(&format!("{BRANDING}?done=saved"))),
        Err(error) => {
            let refused = refusal(&guest, error).await?;
            let page = Branding { typed, errors: refused.errors, ..page(&guest).await? };
            Ok(shell::with_status(&guest, refused.status, &page))
        }
    }
}

pub(super) async fn logo(guest: Guest) -> Result<Response, Fault> {
    let wanted = if guest.fields.get("do") == "remove" {
        Some(None)
    } else {
        guest.fields.file("logo").map(|file| Some(file.bytes.clone()))
    };
    let refused = match wanted {
        None => Refusal::field("logo", "must be chosen"),
        Some(logo) => {
            let change = PartnerEdit { logo: Some(logo), ..PartnerEdit::default() };
            match edit(&guest, (seen(&guest), change)).await? {
                Ok(()) => return Ok(guest.go(&format!("{BRANDING}?done=saved"))),
                Err(error) => refusal(&guest, error).await?,
            }
        }
    };
    let page = Branding { errors: refused.errors, ..page(&guest).await? };
    Ok(shell::with_status(&guest, refused.status, &page))
}
