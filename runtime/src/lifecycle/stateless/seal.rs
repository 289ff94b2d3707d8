//! Sealing of what a client carries for the server: XChaCha20-Poly1305 under a ring of keys.
//!
//! A sealed text is a version byte, a random nonce and the encrypted payload with its tag, in
//! base64url. What it was sealed for, its binding, is authenticated with it but not inside.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

/// Separates these keys from whatever else a secret is used for.
const DOMAIN: &[u8] = b"mcpwright request state, key 1\0";

const VERSION: u8 = 1;

const NONCE_LENGTH: usize = 24;

/// A key that seals, and others that still open.
pub(crate) struct Seal {
    sealing: Key,
    opening: Vec<Key>,
}

/// Secrets that no keys can be made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum SecretError {
    /// There are none.
    Missing,
    /// One is shorter than [`Seal::SECRET_LENGTH`].
    Short {
        /// Which one, counted from zero.
        index: usize,
        /// Its length in bytes.
        length: usize,
    },
}

impl Seal {
    /// The least number of bytes in a secret.
    pub(crate) const SECRET_LENGTH: usize = 32;

    /// Keys made of secrets: the first one seals, every one opens. So a secret is replaced by
    /// putting the new one first, everywhere, and dropping the old one when what it sealed has
    /// expired.
    ///
    /// # Errors
    /// There is no secret, or one is too short to be hard to guess.
    pub(crate) fn from_secrets(secrets: &[&[u8]]) -> Result<Self, SecretError> {
        let short = secrets.iter().position(|secret| secret.len() < Self::SECRET_LENGTH);
        if let Some((index, secret)) = short.and_then(|at| Some((at, secrets.get(at)?))) {
            return Err(SecretError::Short { index, length: secret.len() });
        }
        let [first, rest @ ..] = secrets else { return Err(SecretError::Missing) };
        Ok(Self { sealing: derive(first), opening: rest.iter().map(|key| derive(key)).collect() })
    }

    /// A random key that nobody else has: what it seals ends with the process.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub(crate) fn ephemeral() -> Result<Self, getrandom::Error> {
        let mut key = Key::default();
        getrandom::fill(&mut key)?;
        Ok(Self { sealing: key, opening: Vec::new() })
    }

    /// Seals `payload` for `binding`; every sealing gives another text.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub(crate) fn seal(&self, payload: &[u8], binding: &[u8]) -> Result<String, getrandom::Error> {
        let mut nonce = XNonce::default();
        getrandom::fill(&mut nonce)?;
        let payload = Payload { msg: payload, aad: binding };
        let sealed = XChaCha20Poly1305::new(&self.sealing)
            .encrypt(&nonce, payload)
            .map_err(|_| getrandom::Error::UNSUPPORTED)?;
        let mut bytes = Vec::with_capacity(1 + NONCE_LENGTH + sealed.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The payload of a text that one of the keys sealed for `binding`; `None` for anything else.
    pub(crate) fn open(&self, text: &str, binding: &[u8]) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (&version, rest) = bytes.split_first()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LENGTH>()?;
        if version != VERSION {
            return None;
        }
        let nonce = XNonce::from(*nonce);
        std::iter::once(&self.sealing).chain(&self.opening).find_map(|key| {
            let payload = Payload { msg: sealed, aad: binding };
            XChaCha20Poly1305::new(key).decrypt(&nonce, payload).ok()
        })
    }
}

/// Secrets have more entropy than a key, so one hash spreads it.
fn derive(secret: &[u8]) -> Key {
    let digest = Sha256::new().chain_update(DOMAIN).chain_update(secret).finalize();
    Key::from(<[u8; 32]>::from(digest))
}

impl fmt::Debug for Seal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Seal").field("keys", &(self.opening.len() + 1)).finish()
    }
}

impl fmt::Display for SecretError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("there is no secret to seal with"),
            Self::Short { index, length } => write!(
                formatter,
                "secret {} has {length} bytes; a secret needs at least {} random ones, as \
                 `openssl rand -base64 32` makes them",
                index + 1,
                Seal::SECRET_LENGTH
            ),
        }
    }
}

impl std::error::Error for SecretError {}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, proptest};

    use super::{Seal, SecretError};

    const OLD: &[u8] = b"an old secret, long enough to be one";
    const NEW: &[u8] = b"a new secret, also of enough bytes..";

    fn ring(secrets: &[&[u8]]) -> Seal {
        Seal::from_secrets(secrets).expect("the secrets are long enough")
    }

    fn seal(seal: &Seal, payload: &[u8], binding: &[u8]) -> String {
        seal.seal(payload, binding).expect("the system has randomness")
    }

    #[test]
    fn secrets_are_replaced_without_a_break() {
        let (old, both, new) = (ring(&[OLD]), ring(&[NEW, OLD]), ring(&[NEW]));
        let of_old = seal(&old, b"x", b"");
        assert_eq!(both.open(&of_old, b"").as_deref(), Some(b"x".as_slice()));
        assert_eq!(new.open(&of_old, b""), None);
        let of_both = seal(&both, b"y", b"");
        assert_eq!(new.open(&of_both, b"").as_deref(), Some(b"y".as_slice()), "the first seals");
        assert_eq!(old.open(&of_both, b""), None);
    }

    #[test]
    fn secrets_need_a_length() {
        assert_eq!(Seal::from_secrets(&[]).expect_err("none"), SecretError::Missing);
        let refused = Seal::from_secrets(&[NEW, b"hunter2"]).expect_err("one is short");
        assert_eq!(refused, SecretError::Short { index: 1, length: 7 });
        assert!(refused.to_string().contains("secret 2 has 7 bytes"), "{refused}");
    }

    #[test]
    fn keys_of_a_process_are_its_own() {
        let ephemeral = || Seal::ephemeral().expect("the system has randomness");
        let (here, there) = (ephemeral(), ephemeral());
        let text = seal(&here, b"x", b"b");
        assert_eq!(here.open(&text, b"b").as_deref(), Some(b"x".as_slice()));
        assert_eq!(there.open(&text, b"b"), None);
        assert_ne!(text, seal(&here, b"x", b"b"), "a nonce is used once");
    }

    #[test]
    fn keys_do_not_show() {
        assert_eq!(format!("{:?}", ring(&[NEW, OLD])), "Seal { keys: 2 }");
    }

    #[test]
    fn the_format_is_fixed() {
        // Computed by an implementation of its own of draft-irtf-cfrg-xchacha-03.
        let text = "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGOFKz8kfHY9QfuCSGRS5ZMQDzwrnmb1W";
        assert_eq!(ring(&[OLD]).open(text, b"binding").as_deref(), Some(b"payload".as_slice()));
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens(payload in vec(any::<u8>(), 0..200), binding in vec(any::<u8>(), 0..50)) {
            let ring = ring(&[NEW]);
            let text = seal(&ring, &payload, &binding);
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
            assert_eq!(ring.open(&text, &binding), Some(payload));
        }

        #[test]
        fn a_changed_text_does_not_open(
            payload in vec(any::<u8>(), 0..50),
            at in any::<proptest::sample::Index>(),
            byte in 0_u8..128,
        ) {
            let ring = ring(&[NEW, OLD]);
            let mut bytes = seal(&ring, &payload, b"b").into_bytes();
            let at = at.index(bytes.len());
            if bytes[at] != byte {
                bytes[at] = byte;
                let text = String::from_utf8(bytes).expect("ASCII");
                assert_eq!(ring.open(&text, b"b"), None);
            }
        }

        #[test]
        fn another_binding_does_not_open(one in vec(any::<u8>(), 0..20), other in vec(any::<u8>(), 0..20)) {
            let ring = ring(&[NEW]);
            let opened = ring.open(&seal(&ring, b"x", &one), &other);
            assert_eq!(opened.is_some(), one == other);
        }

        #[test]
        fn other_texts_do_not_open(text in ".{0,80}") {
            assert_eq!(ring(&[NEW]).open(&text, b""), None);
        }
    }
}
