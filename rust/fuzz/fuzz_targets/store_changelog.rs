//! Any bytes as the text of a changeset: every part is an answer or an error, and files come from the text.
#![no_main]

use hyg_store::Blob;
use hyg_store::changelog::Changeset;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(changeset) = Changeset::parse(Blob::from(data.to_vec())) else {
        return;
    };
    // No text at all is the changeset of the null revision.
    if data.is_empty() {
        assert!(changeset.manifest().is_null());
        return;
    }
    let hex = changeset.manifest().to_hex();
    assert!(data[..40].eq_ignore_ascii_case(&hex));
    assert!(
        changeset
            .files()
            .all(|file| !file.as_bytes().contains(&b'\n'))
    );
    assert!(data.ends_with(changeset.description()) || changeset.description().len() <= data.len());
    let _date = changeset.date();
    if let (Ok(extras), Ok(branch)) = (changeset.extras(), changeset.branch()) {
        let named = extras.iter().rfind(|(key, _)| key == b"branch");
        assert!(named.is_none_or(|(_, name)| *name == *branch.name));
    }
});
