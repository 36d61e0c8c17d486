//! What a tenant used in its current period, and how near its limits it is.

use app::resource::TenantUsage;
use axum::{extract::Path, response::Response};
use domain::{
    limits::{OnLimit, TenantLimits},
    money::{Currency, grouped},
    time::Zone,
};
use maud::{Markup, html};

use super::{Head, reached};
use crate::portal::{
    guest::{Fault, Guest},
    pages::partner::display,
    parts::{Column, card, definitions, stat, stats, table_of},
    shell::{self, Frame, Page},
};

/// One limit: name, used, cap, and how near.
#[derive(Debug, Clone)]
struct Limit {
    name: &'static str,
    used: String,
    cap: String,
    /// Percent of the cap, for the bar: 0 to 100.
    percent: Option<u8>,
}

/// The page.
#[derive(Debug, Clone)]
pub(in crate::portal) struct UsageOf {
    head: Head,
    period: String,
    figures: Vec<(&'static str, String)>,
    limits: Vec<Limit>,
    rules: Vec<(&'static str, String)>,
}

impl Page for UsageOf {
    fn title(&self) -> String {
        format!("{} · Usage and limits", self.head.name)
    }

    fn body(&self, frame: &Frame) -> Markup {
        let columns = [
            Column::text("Limit"),
            Column::amount("Used"),
            Column::amount("Allowed"),
            Column::text("Share"),
        ];
        let rules: Vec<(&str, Markup)> =
            self.rules.iter().map(|(name, value)| (*name, html! { (value) })).collect();
        html! {
            (self.head.render(frame, "/usage"))
            p.lead { "Current cycle: " (self.period) }
            (stats("Usage of this cycle", &html! {
                @for (name, value) in &self.figures { (stat(frame, (name, value), None)) }
            }))
            (card(("limits", "Limits"), &Markup::default(), &html! {
                (table_of((frame, "Limits"), &columns, &html! {
                    @for limit in &self.limits {
                        tr {
                            th scope="row" { (limit.name) }
                            td.amount { (limit.used) }
                            td.amount { (limit.cap) }
                            td {
                                @match limit.percent {
                                    Some(percent) => {
                                        progress max="100" value=(percent)
                                            aria-label={ (limit.name) ": share used" } {}
                                        " " (percent) "%"
                                    },
                                    None => span.quietly { "No limit" },
                                }
                            }
                        }
                    }
                }))
                (definitions(&rules))
            }))
        }
    }

    fn samples() -> Vec<Self> {
        vec![Self {
            head: super::sample_head(domain::tenant::TenantStatus::Active),
            period: "May 1, 2026 – May 31, 2026".to_owned(),
            figures: vec![("Minutes", "1,234.50".to_owned()), ("Calls", "0".to_owned())],
            limits: vec![
                Limit {
                    name: "Extensions",
                    used: "12".to_owned(),
                    cap: "50".to_owned(),
                    percent: Some(24),
                },
                Limit { name: "DIDs", used: "0".to_owned(), cap: "—".to_owned(), percent: None },
            ],
            rules: vec![("At a limit", "Suspend".to_owned())],
        }]
    }
}

/// How much of a cap is used, for a bar.
fn percent(used: i128, cap: i128) -> u8 {
    if cap <= 0 {
        return 100;
    }
    u8::try_from((used.max(0) * 100 / cap).min(100)).unwrap_or(100)
}

fn count(name: &'static str, used: i64, cap: Option<u32>) -> Limit {
    Limit {
        name,
        used: grouped(&used.to_string()),
        cap: cap.map_or_else(|| "—".to_owned(), |cap| grouped(&cap.to_string())),
        percent: cap.map(|cap| percent(used.into(), cap.into())),
    }
}

fn limits(usage: &TenantUsage, limits: &TenantLimits, currency: Currency) -> Vec<Limit> {
    let spend = currency.parse_minor(&usage.spend.0).unwrap_or_default();
    let cap = limits.monthly_spend;
    let minutes = usage.usage.billed_seconds.max(0) / 60;
    vec![
        Limit {
            name: "Monthly spend",
            used: currency.display(spend),
            cap: cap.map_or_else(|| "—".to_owned(), |cap| currency.display(cap)),
            percent: cap.map(|cap| percent(spend.get().into(), cap.get().into())),
        },
        count("Extensions", usage.counts.extensions, limits.max_extensions),
        count("DIDs", usage.counts.phone_numbers, limits.max_phone_numbers),
        count("Monthly minutes", minutes, limits.max_minutes),
    ]
}

fn days(usage: &TenantUsage, zone: &Zone) -> String {
    let first = zone.day_of(usage.period.start.0);
    let last = zone.day_of(usage.period.end.0).plus_days(-1);
    format!("{} – {}", first.display(), last.display())
}

pub(super) async fn show(guest: Guest, Path(id): Path<String>) -> Result<Response, Fault> {
    let (partner_id, tenant) = reached(&guest, &id).await?;
    let app = guest.portal.app();
    let usage = app.tenant_usage(partner_id, tenant.tenant_id).await?;
    let of = app.tenant_limits(partner_id, tenant.tenant_id).await?;
    let currency = tenant.currency;
    let acts = match of.limits.on_limit {
        OnLimit::Suspend => "The tenant is suspended",
        OnLimit::Alert => "You are mailed, and it runs on",
    };
    let page = UsageOf {
        head: Head::of(&guest, &tenant),
        period: days(&usage, &tenant.zone),
        figures: vec![
            ("Charges so far, before tax", display(currency, &usage.spend)),
            ("Minutes", grouped(&usage.usage.minutes.0)),
            ("Inbound minutes", grouped(&usage.usage.inbound_minutes().0)),
            ("Outbound minutes", grouped(&usage.usage.outbound_minutes().0)),
            ("Calls", grouped(&usage.usage.calls.to_string())),
        ],
        limits: limits(&usage, &of.limits, currency),
        rules: vec![
            ("Alert at", format!("{}% of a limit", of.limits.alert_percent)),
            ("At a limit", acts.to_owned()),
        ],
    };
    Ok(shell::show(&guest, &page))
}
