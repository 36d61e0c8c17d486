//! What all pages have in common, and the components they are made of.

use domain::invoice::status::InvoiceStatus;
use maud::{DOCTYPE, Markup, html};

/// A whole page around `body` that names nobody, for where nobody's portal is.
pub(crate) fn page(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="stylesheet" href="/assets/app.css";
                link rel="icon" type="image/svg+xml" href="/assets/icon.svg";
            }
            body { main id="main" { (body) } }
        }
    }
}

/// A status as a coloured badge; its word carries the meaning.
pub(crate) fn badge(status: InvoiceStatus) -> Markup {
    let tone = match status {
        InvoiceStatus::Draft | InvoiceStatus::Cancelled => "quiet",
        InvoiceStatus::Sent => "plain",
        InvoiceStatus::PartiallyPaid => "warning",
        InvoiceStatus::Paid => "positive",
        InvoiceStatus::Overdue => "negative",
    };
    html! { span class={ "badge " (tone) } { (app::documents::status(status)) } }
}

/// A partner's initial on its own colour. A colour that is none becomes grey.
pub(crate) fn avatar(name: &str, color: &str) -> Markup {
    let is_color = color.len() == 7
        && color.starts_with('#')
        && color.bytes().skip(1).all(|byte| byte.is_ascii_hexdigit());
    let fill = if is_color { color } else { "#6b7280" };
    let initial: String = name.chars().find(|c| c.is_alphanumeric()).into_iter().collect();
    html! {
        svg.avatar viewBox="0 0 36 36" width="36" height="36" aria-hidden="true" {
            rect width="36" height="36" rx="9" fill=(fill) {}
            text x="18" y="24" text-anchor="middle" fill=(ink_on(fill)) {
                (initial.to_uppercase())
            }
        }
    }
}

/// White or near-black, whichever reads better on a colour, by its perceived brightness.
fn ink_on(color: &str) -> &'static str {
    let channel = |at: usize| {
        let digits = color.get(at..at + 2).unwrap_or("0");
        u32::from_str_radix(digits, 16).unwrap_or(0)
    };
    let brightness = channel(1) * 299 + channel(3) * 587 + channel(5) * 114;
    if brightness > 150_000 { "#15181e" } else { "#ffffff" }
}
