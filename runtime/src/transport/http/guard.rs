//! Who may talk to the endpoint at all: `Host` and `Origin` against DNS rebinding and foreign pages.

use crate::declaration::Deployment;

/// The accepted hosts and origins.
#[derive(Debug)]
pub(super) struct Guard {
    check_host: bool,
    hosts: &'static [&'static str],
    origins: &'static [&'static str],
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Foreign {
    /// `Host` is missing or not allowed.
    Host,
    /// `Origin` is not allowed.
    Origin,
}

impl Guard {
    /// Loopback names and what the deployment lists. A server that is bound outside loopback and
    /// lists no hosts cannot know its names, so it takes any host.
    pub(super) const fn new(deployment: &Deployment, loopback: bool) -> Self {
        Self {
            check_host: loopback || !deployment.allowed_hosts.is_empty(),
            hosts: deployment.allowed_hosts,
            origins: deployment.allowed_origins,
        }
    }

    /// Checks both headers. A request without `Origin` does not come from a page.
    pub(super) fn check(&self, host: Option<&[u8]>, origin: Option<&[u8]>) -> Result<(), Foreign> {
        if self.check_host && !host.is_some_and(|host| self.allows_host(host)) {
            return Err(Foreign::Host);
        }
        if origin.is_some_and(|origin| !self.allows_origin(origin)) {
            return Err(Foreign::Origin);
        }
        Ok(())
    }

    fn allows_host(&self, host: &[u8]) -> bool {
        let name = without_port(host);
        is_loopback(name)
            || self.hosts.iter().any(|allowed| {
                let allowed = allowed.as_bytes();
                allowed == b"*"
                    || allowed.eq_ignore_ascii_case(host)
                    || allowed.eq_ignore_ascii_case(name)
            })
    }

    fn allows_origin(&self, origin: &[u8]) -> bool {
        let authority =
            origin.strip_prefix(b"http://").or_else(|| origin.strip_prefix(b"https://"));
        authority.is_some_and(|authority| is_loopback(without_port(authority)))
            || self
                .origins
                .iter()
                .any(|allowed| *allowed == "*" || allowed.as_bytes().eq_ignore_ascii_case(origin))
    }
}

fn is_loopback(name: &[u8]) -> bool {
    matches!(name, b"127.0.0.1" | b"[::1]") || name.eq_ignore_ascii_case(b"localhost")
}

/// The host of an authority. What is no port stays, so that it matches nothing.
fn without_port(authority: &[u8]) -> &[u8] {
    match memchr::memrchr(b':', authority) {
        Some(colon) => {
            let (name, port) = authority.split_at(colon);
            let is_port = port.get(1..).is_some_and(|port| port.iter().all(u8::is_ascii_digit));
            if is_port { name } else { authority }
        }
        None => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::{Foreign, Guard};
    use crate::declaration::Deployment;

    const LISTED: Deployment = Deployment {
        allowed_hosts: &["mcp.example.com"],
        allowed_origins: &["https://app.example.com"],
        ..Deployment::DEFAULT
    };

    fn check(guard: &Guard, host: &str, origin: Option<&str>) -> Result<(), Foreign> {
        guard.check(Some(host.as_bytes()), origin.map(str::as_bytes))
    }

    #[test]
    fn loopback_names_pass_with_any_port() {
        let guard = Guard::new(&Deployment::DEFAULT, true);
        for host in ["localhost", "LocalHost:80", "127.0.0.1:8000", "[::1]", "[::1]:8000"] {
            assert_eq!(check(&guard, host, None), Ok(()), "{host}");
            let origin = format!("http://{host}");
            assert_eq!(check(&guard, host, Some(&origin)), Ok(()), "{origin}");
        }
    }

    #[test]
    fn other_names_are_refused() {
        let guard = Guard::new(&Deployment::DEFAULT, true);
        for host in [
            "evil.example.com",
            "localhost.evil.com",
            "127.0.0.1.evil.com:80",
            "::1",
            "",
            "localhost:80a",
        ] {
            assert_eq!(check(&guard, host, None), Err(Foreign::Host), "{host}");
        }
        assert_eq!(guard.check(None, None), Err(Foreign::Host));
        for origin in [
            "null",
            "http://evil.example.com",
            "http://localhost.evil.com",
            "http://localhost@evil.com",
            "file://localhost",
        ] {
            assert_eq!(check(&guard, "localhost", Some(origin)), Err(Foreign::Origin), "{origin}");
        }
    }

    #[test]
    fn listed_names_pass_beside_loopback() {
        let guard = Guard::new(&LISTED, false);
        assert_eq!(check(&guard, "mcp.example.com:443", Some("https://app.example.com")), Ok(()));
        assert_eq!(check(&guard, "other.example.com", None), Err(Foreign::Host));
        assert_eq!(
            check(&guard, "localhost", Some("https://other.example.com")),
            Err(Foreign::Origin)
        );
    }
}
