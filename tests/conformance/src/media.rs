//! The smallest picture and the smallest sound.

use std::sync::LazyLock;

/// A picture of one pixel.
pub(crate) static PIXEL: &[u8] = include_bytes!("../../../specs/conformance/pixel.png");

/// One sample of silence: a WAV file with 8 bits a sample, mono, 8 kHz.
pub(crate) static SILENCE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut wav = Vec::with_capacity(46);
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&38_u32.to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt ");
    wav.extend_from_slice(&16_u32.to_le_bytes());
    wav.extend_from_slice(&1_u16.to_le_bytes());
    wav.extend_from_slice(&1_u16.to_le_bytes());
    wav.extend_from_slice(&8000_u32.to_le_bytes());
    wav.extend_from_slice(&8000_u32.to_le_bytes());
    wav.extend_from_slice(&1_u16.to_le_bytes());
    wav.extend_from_slice(&8_u16.to_le_bytes());
    wav.extend_from_slice(b"data");
    wav.extend_from_slice(&1_u32.to_le_bytes());
    wav.extend_from_slice(&[0x80, 0]);
    wav
});
