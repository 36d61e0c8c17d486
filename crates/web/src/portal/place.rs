//! Whose portal a request is for: told by its host, or on one host by its path.
//!
//! Decided here: where a domain is configured, the domain itself is the platform's own portal and
//! `<slug>.<domain>` a partner's; without one, only this machine's names are answered and partners
//! are below `/p/<slug>`. Any other host gets a page that names nobody. The brand always follows
//! from the place and is looked up anew for each request, so that no partner ever shows another's
//! (BRD-15) and a change shows at once (BRD-08).

use app::{
    App,
    people::brand_name,
    portals::{Platform, Portals},
};
use axum::http::{HeaderMap, Request, Uri, header, request::Parts, uri::PathAndQuery};
use domain::{account::Partner, brand::logo_hash, sign_in::Bound};

use crate::{Hosts, guard::is_loopback};

/// The place of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Here {
    /// What stands before each path: nothing, or `/p/<slug>`.
    pub(crate) base: String,
    /// Where sessions that begin here work.
    pub(crate) bound: Bound,
    /// How it shows itself.
    pub(crate) face: Face,
    /// Whether it is reached over TLS only.
    pub(crate) is_secure: bool,
}

/// How a place shows itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Face {
    /// What it is called.
    pub(crate) name: String,
    /// `#rrggbb`.
    pub(crate) color: String,
    /// Where people ask; may be empty.
    pub(crate) support_email: String,
    /// The logo's hash and bytes.
    pub(crate) logo: Option<(String, Vec<u8>)>,
}

/// The platform's own colour.
const OWN_COLOR: &str = "#1f56c5";

impl Here {
    /// A path of this place, as links need it.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

impl Face {
    pub(super) fn of_platform(platform: &Platform) -> Self {
        Self {
            name: platform.name.clone(),
            color: OWN_COLOR.to_owned(),
            support_email: platform.support_email.clone(),
            logo: None,
        }
    }

    fn of_partner(partner: Partner) -> Self {
        Self {
            name: brand_name(&partner).to_owned(),
            color: partner.brand.color,
            support_email: partner.brand.support_email,
            logo: partner.logo.map(|bytes| (logo_hash(&bytes), bytes)),
        }
    }
}

/// The partner that a path named, once the path is without it.
#[derive(Debug, Clone)]
struct InPath(String);

/// Takes `/p/<slug>` off paths, where partners are told apart by it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rewriter {
    has_paths: bool,
}

impl Rewriter {
    pub(super) fn new(platform: &Platform) -> Self {
        Self { has_paths: matches!(platform.portals, Portals::Paths { .. }) }
    }

    pub(super) fn rewrite<B>(self, mut request: Request<B>) -> Request<B> {
        if !self.has_paths {
            return request;
        }
        let Some((slug, rest)) = split(request.uri()) else { return request };
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = Some(rest);
        let Ok(uri) = Uri::from_parts(parts) else { return request };
        *request.uri_mut() = uri;
        request.extensions_mut().insert(InPath(slug));
        request
    }
}

/// The slug in a path, and what is left of it.
fn split(uri: &Uri) -> Option<(String, PathAndQuery)> {
    let rest = uri.path().strip_prefix("/p/")?;
    let (slug, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let query = uri.query().map_or(String::new(), |query| format!("?{query}"));
    let rest = format!("/{rest}{query}").parse().ok()?;
    Some((slug.to_owned(), rest))
}

/// Why there is no place.
#[derive(Debug)]
pub(super) enum NoPlace {
    /// The host is not one of ours.
    Elsewhere,
    /// No partner has this name.
    Nobody,
    /// Looking it up failed.
    Failed(app::error::AppError),
}

/// Where a request is.
pub(super) async fn find(app: &App, hosts: Hosts, parts: &Parts) -> Result<Here, NoPlace> {
    let host = host_of(&parts.headers, &parts.uri).ok_or(NoPlace::Elsewhere)?;
    let slug = match &app.platform.portals {
        Portals::Paths { .. } => {
            if hosts == Hosts::Loopback && !is_loopback(&host) {
                return Err(NoPlace::Elsewhere);
            }
            parts.extensions.get::<InPath>().map(|InPath(slug)| slug.clone())
        }
        Portals::Hosts { domain } => {
            let domain = name_of(domain);
            if host == domain {
                None
            } else {
                let slug = host.strip_suffix(&domain).and_then(|it| it.strip_suffix('.'));
                Some(slug.ok_or(NoPlace::Elsewhere)?.to_owned())
            }
        }
    };
    let is_secure = app.platform.is_secure();
    let Some(slug) = slug else {
        let face = Face::of_platform(&app.platform);
        let bound = Bound { host, partner_id: None };
        return Ok(Here { base: String::new(), bound, face, is_secure });
    };
    let partner = app.portal_partner(&slug).await.map_err(NoPlace::Failed)?;
    let partner = partner.ok_or(NoPlace::Nobody)?;
    let base = match &app.platform.portals {
        Portals::Paths { .. } => format!("/p/{slug}"),
        Portals::Hosts { .. } => String::new(),
    };
    let bound = Bound { host, partner_id: Some(partner.partner_id) };
    Ok(Here { base, bound, face: Face::of_partner(partner), is_secure })
}

/// The host that was asked for, lower case and without its port.
pub(super) fn host_of(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let named = named.or_else(|| uri.authority().map(|authority| authority.as_str()))?;
    Some(name_of(named))
}

/// A host's name without its port.
pub(super) fn name_of(host: &str) -> String {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_apart_into_the_partner_and_the_rest() {
        for (path, slug, rest) in [
            ("/p/oak", "oak", "/"),
            ("/p/oak/", "oak", "/"),
            ("/p/oak/users?q=a%20b", "oak", "/users?q=a%20b"),
            ("/p//x", "", "/x"),
        ] {
            let (found, left) = split(&path.parse().unwrap()).unwrap();
            assert_eq!((found.as_str(), left.as_str()), (slug, rest), "{path}");
        }
        assert!(split(&"/profile".parse().unwrap()).is_none());
    }

    #[test]
    fn a_host_is_its_name_in_lower_case() {
        for (host, name) in [
            ("Oak.Example.COM:8443", "oak.example.com"),
            ("[::1]:80", "[::1]"),
            ("[::1]", "[::1]"),
            ("a.", "a"),
        ] {
            assert_eq!(name_of(host), name);
        }
    }
}
