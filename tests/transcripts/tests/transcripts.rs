//! The transcripts beside this crate, each a test.

use std::collections::BTreeSet;

macro_rules! transcripts {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            transcripts::play(include_str!(concat!("../", stringify!($name), ".md")));
        })*

        /// The files that are played.
        const PLAYED: &[&str] = &[$(stringify!($name)),*];
    };
}

transcripts! {
    accept
    batches
    cancellation
    codes
    elicitation
    errors
    http_sse
    logging
    once
    pagination
    progress
    revisions
    sampling
    stdio_framing
    subscriptions
    tasks_2025_11_25
    tasks_extension
    url_elicitation
    versions
}

#[test]
fn every_transcript_is_played() {
    let folder = std::fs::read_dir(env!("CARGO_MANIFEST_DIR")).expect("a folder");
    let names = folder.map(|entry| entry.expect("an entry").path());
    let found: BTreeSet<_> = names
        .filter(|path| path.extension().is_some_and(|it| it == "md"))
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .filter(|name| name != "README")
        .collect();
    let played: BTreeSet<_> = PLAYED.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(found, played);
}
