//! The short hashes in names that had to be cut or told apart: FNV-1a, the same everywhere and
//! for ever, since `mcp.lock` and clients keep what it gives.

/// Eight hexadecimal digits for a text.
pub(super) fn short(text: &str) -> String {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let hash = text.bytes().fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    format!("{:08x}", (hash >> 32) ^ (hash & 0xffff_ffff))
}

#[cfg(test)]
mod tests {
    #[test]
    fn hash_never_changes() {
        assert_eq!(super::short(""), "4fd0bfc1");
        assert_eq!(super::short("GET /a"), "bf2c633e");
        assert_ne!(super::short("GET /a"), super::short("GET /b"));
    }
}
