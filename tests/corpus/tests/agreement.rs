//! Every check of arguments agrees with `jsonschema` about the listed schema. The documents are read
//! where they lie beside the repository; a sample of their schemas is looked at here, all of them by
//! `cargo xtask corpus DIR --agreement`.

use std::path::Path;

use corpus::agreement;
use corpus::documents::Document;
use corpus::generation::{self, Outcome};
use mcpwright_generator::emit::RuntimeDependency;

/// Schemas of one document that are looked at.
const SAMPLE: usize = 60;

fn check(name: &str) {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = package.ancestors().map(|folder| folder.join("shared/specs").join(name));
    let Some(path) = found.into_iter().find(|path| path.is_file()) else {
        eprintln!("skipped: {name} is not in a folder shared/specs above {}", package.display());
        return;
    };
    let document = Document { name: name.to_owned(), path };
    let runtime = RuntimeDependency::Version("0.1.0".to_owned());
    let (Outcome::Generated(generated), _) = generation::generate(&document, runtime) else {
        panic!("{name} is not generated");
    };
    let stride = generated.plan.tools().count().div_ceil(SAMPLE);
    let agreement = agreement::compare(&generated.plan, stride);
    let first: Vec<_> = agreement.disagreements.iter().take(5).collect();
    assert!(first.is_empty(), "{}: {first:#?}", agreement.disagreements.len());
    // A comparison in which nothing is allowed, or nothing refused, would show nothing.
    let agreement::Agreement { schemas, allowed, refused, .. } = agreement;
    assert!(
        allowed > schemas && refused > schemas,
        "{allowed} allowed and {refused} refused by {schemas} schemas"
    );
}

macro_rules! documents {
    ($($test:ident $name:literal)*) => {
        $(#[test]
        fn $test() {
            check($name);
        })*
    };
}

documents! {
    petstore "petstore.yaml"
    frigate "frigate.yaml"
    prefect "prefect.json"
    box_ "box.json"
    twilio "twilio-api-v2010.json"
    qdrant "qdrant.json"
    oxide "oxide-nexus.json"
    superset "superset.json"
    stripe "stripe.json"
    discord "discord.json"
    openai "openai.yaml"
}
