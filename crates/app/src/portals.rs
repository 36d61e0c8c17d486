//! What the platform is called and where its portals are.
//!
//! Decided here: with a domain each partner has a host of its own below it, and the domain itself
//! is the platform's own. Without one everything is on this machine and partners are told apart by
//! their path. Links in mails are made of what is configured, never of what a request says its host
//! is, so that nobody has a link with a secret sent to a host of theirs.

/// A deployment's name and places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// What it is called; never shown to tenants.
    pub name: String,
    /// Where its own people and partners ask; may be empty.
    pub support_email: String,
    /// Where its portals are.
    pub portals: Portals,
}

/// Where portals are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Portals {
    /// At one origin such as `http://localhost:8080`; partners below `/p/<slug>`.
    Paths {
        /// Scheme, host and port.
        origin: String,
    },
    /// Partners at `<slug>.<domain>`.
    Hosts {
        /// A host name, and a port where it is not the scheme's own.
        domain: String,
    },
}

impl Default for Platform {
    fn default() -> Self {
        Self {
            name: "Trunkline".to_owned(),
            support_email: String::new(),
            portals: Portals::Paths { origin: "http://localhost:8080".to_owned() },
        }
    }
}

impl Platform {
    /// The address of the partner's portal, or of the platform's own, without a slash at its end.
    pub fn portal(&self, slug: Option<&str>) -> String {
        match (&self.portals, slug) {
            (Portals::Paths { origin }, None) => origin.clone(),
            (Portals::Paths { origin }, Some(slug)) => format!("{origin}/p/{slug}"),
            (Portals::Hosts { domain }, None) => format!("{}://{domain}", self.scheme()),
            (Portals::Hosts { domain }, Some(slug)) => {
                format!("{}://{slug}.{domain}", self.scheme())
            }
        }
    }

    /// Whether browsers reach the portals over TLS only.
    pub fn is_secure(&self) -> bool {
        self.scheme() == "https"
    }

    fn scheme(&self) -> &'static str {
        match &self.portals {
            Portals::Paths { .. } => "http",
            Portals::Hosts { domain } => {
                let name = domain.split(':').next().unwrap_or_default();
                let is_local = name == "localhost" || name.ends_with(".localhost");
                if is_local { "http" } else { "https" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partners_have_hosts_below_a_domain_and_paths_without_one() {
        let paths = Platform::default();
        assert_eq!(paths.portal(None), "http://localhost:8080");
        assert_eq!(paths.portal(Some("oak")), "http://localhost:8080/p/oak");
        assert!(!paths.is_secure());
        for (domain, own, oak) in [
            ("example.com", "https://example.com", "https://oak.example.com"),
            ("localhost:8080", "http://localhost:8080", "http://oak.localhost:8080"),
        ] {
            let portals = Portals::Hosts { domain: domain.to_owned() };
            let platform = Platform { portals, ..Platform::default() };
            assert_eq!(platform.portal(None), own);
            assert_eq!(platform.portal(Some("oak")), oak);
        }
    }
}
